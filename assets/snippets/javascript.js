const reply = await fetch('ADDRESS/ans/api/classify', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${process.env.ANS_KEY}`,  # if private
  },
  body: JSON.stringify({ text: "KNOWN_TEXT", model_id: "MODEL_ID" }),
});
const answer = await reply.json();
if (!reply.ok) throw new Error(answer.error);
console.log(answer.open ? 'OPEN' : answer.label);
