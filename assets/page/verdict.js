// VerdictComponent: the verdict of one text.
const root = element.querySelector('.verdict');

function signed(x) {
  return (x >= 0 ? '+' : '−') + Math.abs(x).toFixed(1);
}

// A heading, and over the column of numbers at its end what they are.
function titled(name, numbersAre, explanation) {
  const line = node('div', 'titled');
  line.append(node('h3', '', name), term(numbersAre, explanation));
  return line;
}

function headBars(candidates, answer) {
  const box = node('div', 'heads');
  box.append(titled('Closest classes', 'score', TERMS.score));
  const reach = Math.max(4, ...candidates.map(c => Math.abs(c.logit)));
  for (const candidate of candidates) {
    const row = node(
      'div',
      'head' + (candidate.logit >= 0 ? ' yes' : '') + (candidate.label === answer ? ' chosen' : ''),
    );
    const track = node('div', 'track');
    const bar = node('div', 'bar');
    const half = (50 * Math.abs(candidate.logit)) / reach;
    bar.style.width = half + '%';
    bar.style.left = (candidate.logit >= 0 ? 50 : 50 - half) + '%';
    track.append(node('div', 'zero'), bar);
    row.append(node('span', 'name', candidate.label), track, node('span', 'logit', signed(candidate.logit)));
    box.append(row);
  }
  const foot = node('div', 'axis');
  foot.append(node('span', '', '← refuses'), node('span', 'at-zero', '0'), node('span', '', 'accepts →'));
  box.append(foot);
  return box;
}

function nearestTexts(neighbours) {
  const box = node('div', 'nearest');
  box.append(titled('Nearest training texts', 'similarity', TERMS.similarity));
  for (const item of neighbours) {
    const row = node('div', 'near');
    row.append(
      node('span', 'text', item.text),
      node('span', 'tag', item.label),
      node('span', 'similarity', item.similarity.toFixed(2)),
    );
    box.append(row);
  }
  return box;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' };
  const focused = document.activeElement?.closest('.term')?.textContent; // what is being explained stays so
  root.replaceChildren();
  root.className = 'verdict ' + v.state;
  if (v.state === 'answer') {
    root.classList.add(v.open ? 'is-open' : 'is-known');
    if (v.unsure) root.classList.add('is-unsure');
    const head = node('div', 'answer'),
      kind = (v.open ? 'No known class' : 'Known class') + (v.unsure ? ', unsure' : '');
    head.append(
      explained('span', 'kind', kind, 'unsure', TERMS.unsure),
      node('strong', '', v.open ? 'OPEN' : v.label),
      node('p', 'reason', v.reason),
    );
    if (v.language) head.append(node('p', 'warning', v.language));
    if (v.ask_back) head.append(node('p', 'ask-back', v.ask_back));
    if (v.usual) head.append(explained('p', 'usual', v.usual, 'held-out', TERMS.heldOut));
    root.append(head, headBars(v.candidates, v.label), nearestTexts(v.neighbours), node('p', 'latency', v.foot));
  } else {
    root.append(node('strong', '', v.title || 'Type a message'), node('p', 'reason', v.reason || ''));
    if (v.share !== undefined) root.append(progressBar(v.share, v.title));
  }
  for (const one of root.querySelectorAll('.term')) if (one.textContent === focused) one.firstChild.focus();
}

// Of the whole card a screen reader is told the verdict alone, and none that is late: of less than is typed by now.
function tell() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' },
    box = document.activeElement;
  if (v.text !== undefined && box?.matches('textarea, input[type=text]') && box.value.trim() !== v.text.trim()) return;
  const verdict = () => (v.open ? `OPEN, closest ${v.candidates[0].label}` : v.label) + (v.unsure ? ', unsure' : '');
  announce({ answer: verdict, failed: () => `${v.title}. ${v.reason}` }[v.state]?.() || '');
}
watch('value', () => {
  draw();
  document.dispatchEvent(new CustomEvent('verdict'));
  tell();
});
draw();
