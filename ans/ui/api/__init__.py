"""What programs ask: six operations with typed JSON, by plain routes, through gradio_client, and as tools of MCP."""
