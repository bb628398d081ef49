// ChipsComponent: example texts in labelled groups, each with the expected answer; a click sends the text, and the
// answer marks it as right or wrong.
const root = element.querySelector('.chips');
const OPEN = 'OPEN';
let marks = new Map(); // text → what was answered

function chip({ text, expected }) {
  const made = node('button', 'chip');
  const answer = marks.get(text),
    wanted = expected === null ? OPEN : expected;
  const mark = node('span', 'mark');
  if (answer !== undefined) {
    const right = answer === wanted;
    made.classList.add(right ? 'right' : 'wrong');
    mark.append(node('span', '', right ? '✓' : '✗'), node('span', 'heard', right ? 'right' : 'wrong: ' + answer));
  }
  made.type = 'button';
  made.append(node('span', 'text', text), node('span', 'expected', '→ ' + wanted), mark);
  made.onclick = () => trigger('click', { text });
  return made;
}

function draw() {
  const focused = [...root.querySelectorAll('.chip')].indexOf(document.activeElement);
  root.replaceChildren();
  for (const group of props.value ? JSON.parse(props.value) : []) {
    if (!group.texts.length) continue;
    const line = node('div', 'group ' + group.kind);
    const name = node('span', 'name');
    name.append(term(group.name, group.explanation));
    line.append(name, ...group.texts.map(chip));
    root.append(line);
  }
  if (focused >= 0) root.querySelectorAll('.chip')[focused]?.focus({ preventScroll: true });
}

function take() {
  const { text, answer } = props.answered || {};
  if (text === undefined || marks.get(text) === answer) return;
  marks.set(text, answer);
  if ([...root.querySelectorAll('.chip .text')].some(one => one.textContent === text)) draw();
}

watch('value', () => {
  marks = new Map();
  draw();
  take();
});
watch('answered', take);
draw();
