url=ADDRESS/gradio_api/call/v2/classify
event=$(printf '%s' BODY | curl -s "$url" -H 'Content-Type: application/json' -d @- | cut -d'"' -f4)
curl -sN "$url/$event"
