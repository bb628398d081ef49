// JudgesComponent, what every method says of one text: its answer, and how far from its own threshold it is.
const root = element.querySelector('.judges');

function judge(row) {
  const line = node('div', 'judge' + (row.open ? ' says-open' : ' says-known') + (row.own ? ' own' : ''));
  const name = node('span', 'name', row.name);
  const answer = node('span', 'answer', row.answer);
  if (row.right !== null) {
    const mark = node('span', 'mark', row.right ? '✓' : '✗');
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', row.right ? 'right' : 'wrong');
    mark.title = row.right ? 'right' : 'wrong';
    answer.append(' ', mark);
  }
  const track = node('div', 'track'),
    bar = node('div', 'bar'),
    half = Math.max(1.5, 50 * row.sureness);
  bar.style.width = half + '%';
  bar.style.left = (row.open ? 50 - half : 50) + '%';
  track.append(node('div', 'zero'), bar);
  track.title =
    (100 * row.sureness).toFixed(0) + ' % of the test texts with this kind of answer are no farther from the threshold';
  line.append(
    name,
    answer,
    track,
    node('span', 'sureness', (100 * row.sureness).toFixed(0) + ' %'),
    node('span', 'score', row.score),
  );
  return line;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' };
  root.replaceChildren();
  root.className = 'judges ' + v.state;
  root.append(node('strong', 'title', v.title || ''));
  if (v.detail) root.append(node('p', 'detail', v.detail));
  for (const run of v.runs || []) {
    const box = node('section', 'of-run');
    if (run.name) box.append(node('h3', '', run.name));
    const top = node('div', 'judge top');
    top.append(
      node('span', 'name', 'Method'),
      node('span', 'answer', 'Answer'),
      node('span', 'ends', '← open · known →'),
      node('span', 'sureness', 'sure'),
      node('span', 'score', 'score, threshold'),
    );
    box.append(top);
    for (const row of run.rows) box.append(judge(row));
    root.append(box);
  }
  if (v.foot) root.append(node('p', 'foot', v.foot));
}

// A screen reader is told how the methods answer, in numbers.
function tell() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' };
  const answers = (v.runs || []).flatMap(run => run.rows).map(row => row.answer);
  const counted = [...new Set(answers)].map(one => `${one}: ${answers.filter(other => other === one).length}`);
  announce(counted.length ? `Answers of ${answers.length} methods. ${counted.join(', ')}` : v.title);
}
watch('value', () => {
  draw();
  tell();
});
draw();
