url=ADDRESS/gradio_api/call/v2/classify
body=BODY
event=$(printf '%s' "$body" | curl -s "$url" -H 'Content-Type: application/json' -d @- | cut -d'"' -f4)
curl -sN "$url/$event"
