// The verdict of what is typed, and the small map that follows it: asked of the server's own routes
// (ans/ui/ask/routes.py), past Gradio's events, which cost the server more than the model does.
(() => {
  const UNCHANGED = { __type__: 'update' }; // what leaves a component as it is
  const withProps = props => ({ ...UNCHANGED, props: { ...UNCHANGED, ...props } }); // as Gradio sends a component's own
  const NO_ANSWER = { state: 'failed', title: 'No answer' },
    UNREACHABLE = 'The server cannot be reached; type on to ask again.';

  async function post(name, asked) {
    const reply = await fetch(window.routeTo(name), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(asked),
    });
    const said = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Error(said.error || `The server answered with status ${reply.status}; try again.`);
    return said;
  }

  // One request of a kind is out at a time; of what is asked meanwhile only the last is sent after it.
  function lastOf(send) {
    let out = Promise.resolve(),
      last = null;
    return (...asked) => {
      last = asked;
      const sent = out.then(() => (last === asked ? send(...asked) : null)); // null: another one is asked instead
      out = sent.catch(() => {});
      return sent;
    };
  }

  const verdictOf = lastOf(async asked => {
    try {
      return await post('verdict', asked);
    } catch (error) {
      return { ...NO_ANSWER, reason: error instanceof TypeError ? UNREACHABLE : error.message };
    }
  });

  // The card, and the example that was answered with what it got.
  function shown(card) {
    if (!card) return [UNCHANGED, UNCHANGED];
    const answered = { text: card.text, answer: card.open ? 'OPEN' : card.label };
    return [JSON.stringify(card), card.state === 'answer' ? withProps({ answered }) : UNCHANGED];
  }

  let typed = {}; // what was asked last
  // `line`: the value of the strictness card, which holds the line that is tried, if one is.
  window.askVerdict = async (text, run, who, line) => {
    typed = { text, run, who, tried: line ? (JSON.parse(line).tried ?? null) : null };
    return shown(await verdictOf(typed));
  };

  // After it: while the model is loaded a card says so, then comes the answer.
  window.awaitVerdict = async card => {
    const loading = card && JSON.parse(card).state === 'busy' && typed.run;
    return loading ? shown(await verdictOf({ ...typed, patient: true })) : shown(null);
  };

  let drawn = null; // run and class of the small map that stands there
  const placeOf = lastOf(asked => post('small-map', asked).catch(() => null));
  window.moveSmallMap = async (value, run, who) => {
    const card = value ? JSON.parse(value) : { state: 'empty' };
    if (card.state === 'empty') drawn = null;
    if (card.state !== 'answer') return { ...withProps({ spot: [] }), ...(drawn ? {} : { value: null }) };
    const label = card.label ?? card.candidates[0].label; // for OPEN the closest class
    const map = await placeOf({ text: card.text, label, run, who, shown: drawn });
    if (!map) return UNCHANGED;
    drawn = map.shown;
    return { ...withProps({ spot: map.spot }), ...(map.figure === undefined ? {} : { value: map.figure }) };
  };
})();
