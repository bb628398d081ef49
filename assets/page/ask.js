// The verdict of what is typed with its star on the small map, and the map if it is a new one: asked of the server's
// own routes (ans/ui/ask/routes.py), past Gradio's events, which cost the server more than the model does.
(() => {
  const UNCHANGED = { __type__: 'update' }; // what leaves a component as it is
  const withProps = props => ({ ...UNCHANGED, props: { ...UNCHANGED, ...props } }); // as Gradio sends a component's own
  const NO_ANSWER = { state: 'failed', title: 'No answer' },
    UNREACHABLE = 'The server cannot be reached; type on to ask again.',
    AT_HAND = 20; // small maps that this page keeps

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

  const maps = new Map(); // the figures of small maps by their stamps, the latest last
  let star = null; // of the verdict that came last, and what was asked

  const verdictOf = lastOf(async asked => {
    try {
      const { star: its, ...card } = await post('verdict', { ...asked, at_hand: [...maps.keys()] });
      star = its && { ...its, text: card.text, run: asked.run };
      return card;
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

  let drawn = null; // the stamp of the small map that stands there
  const placeOf = lastOf(asked => post('small-map', { ...asked, at_hand: [...maps.keys()] }).catch(() => null));

  // Where the star of an answer is. It came with the answer, but for a class whose map has to be made first.
  async function starOf(card, run, who) {
    const its = star?.text === card.text && star.run === run ? star : null;
    if (its?.stamp) return its;
    const label = its?.label ?? card.label ?? card.candidates[0].label; // for OPEN the closest class
    return placeOf({ text: card.text, label, run, who });
  }

  window.moveSmallMap = async (value, run, who) => {
    const card = value ? JSON.parse(value) : { state: 'empty' };
    if (card.state === 'empty') drawn = null;
    if (card.state !== 'answer') return { ...withProps({ spot: [] }), ...(drawn ? {} : { value: null }) };
    const { spot, stamp, figure = maps.get(stamp) ?? null } = (await starOf(card, run, who)) ?? {};
    if (spot === undefined) return UNCHANGED;
    maps.delete(stamp);
    if (figure) maps.set(stamp, figure);
    if (maps.size > AT_HAND) maps.delete(maps.keys().next().value);
    const stays = stamp === drawn;
    drawn = stamp;
    return { ...withProps({ spot }), ...(stays ? {} : { value: figure }) };
  };
})();
