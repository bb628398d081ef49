// RunComponent, where something long stands: its steps, a bar, and at the end the field's numbers beside the paper's.
const root = element.querySelector('.run');

function phases(list) {
  const box = node('ol', 'phases');
  for (const phase of list) box.append(node('li', phase.state, phase.name));
  return box;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' };
  root.replaceChildren();
  root.className = 'run ' + v.state;
  const head = node('div', 'headline');
  head.append(node('strong', '', v.title || ''), node('span', 'clock', v.clock || ''));
  root.append(head);
  if (v.name) root.append(node('p', 'name', v.name));
  if (v.detail) root.append(node('p', 'detail', v.detail));
  if (v.phases) root.append(phases(v.phases));
  if (v.share !== undefined && v.share !== null) root.append(progressBar(v.share, v.title));
  if (v.warning) root.append(node('p', 'warning', v.warning));
  if (v.numbers) root.append(numbers(v.numbers));
  if (v.note) root.append(node('p', 'note', v.note));
}

// A screen reader is told how it ended, and not each step.
watch('value', () => {
  const before = root.className;
  draw();
  const [title, warning] = ['.headline strong', '.warning'].map(part => root.querySelector(part)?.textContent || '');
  if (root.className !== before) announce(`${title}. ${warning}`);
});
draw();
