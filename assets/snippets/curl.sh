curl -sS 'ADDRESS/ans/api/classify' \
  -H 'Content-Type: application/json' \
  -H "Authorization: Bearer $ANS_KEY" \  # if private
  -d BODY
