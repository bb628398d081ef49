// RunComponent, where something long stands: its steps, a bar, and at the end the field's numbers beside the paper's.
const root = element.querySelector('.run');
let furthest = { id: null, share: 0 }; // of the run that is shown: its bar never goes back
let ticking = null;

function phases(list) {
  const box = node('ol', 'phases');
  for (const phase of list) box.append(node('li', phase.state, phase.name));
  return box;
}

function time(seconds) {
  const whole = Math.max(0, Math.round(seconds)),
    two = number => String(number).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

// No more precise than an estimate is.
function about(seconds) {
  if (seconds < 5) return 'a few seconds left';
  const step = seconds < 60 ? 5 : seconds < 300 ? 15 : 60;
  return `about ${time(Math.ceil(seconds / step) * step)} left`;
}

// A card with `elapsed` and `left` goes on by itself until the next one comes.
function tick(v, clock, bar) {
  clearInterval(ticking);
  const since = performance.now();
  const move = () => {
    if (!clock.isConnected) return clearInterval(ticking);
    const more = (performance.now() - since) / 1000,
      left = v.left === null ? null : Math.max(v.left - more, v.left / 10),
      share = left === null ? v.share : Math.max(v.share, (v.elapsed + more) / (v.elapsed + more + left));
    if (furthest.id !== v.id) furthest = { id: v.id, share: 0 };
    furthest.share = Math.max(furthest.share, Math.min(share, 0.99));
    clock.textContent = time(v.elapsed + more) + (left === null ? '' : ', ' + about(left));
    bar.show(furthest.share);
  };
  ticking = setInterval(move, 1000);
  move();
}

const act = (name, to, id, className, label) => button(name, () => trigger('click', { to, id }), className, label);

function go(v) {
  const box = node('div', 'go');
  v.go.forEach(({ name, to }, i) => box.append(act(name, to, v.id, i ? '' : 'strong')));
  return box;
}

function queue(list) {
  const box = node('section', 'queue');
  box.append(node('h3', '', list.length > 1 ? `${list.length} others in the queue` : 'Also in the queue'));
  const rows = node('ol');
  for (const one of list) {
    const row = node('li');
    row.append(node('span', 'name', one.name), node('span', 'state', one.running ? 'training' : 'waiting'));
    row.append(act('Show', 'watch', one.id, '', 'Show ' + one.name));
    if (one.may_drop) row.append(act('Remove', 'drop', one.id, '', `Remove ${one.name} from the queue`));
    rows.append(row);
  }
  box.append(rows);
  return box;
}

function further(v) {
  const box = node('section', 'further');
  box.append(withExport(node('h3', '', v.title), v.title, () => v.rows));
  if (v.about) box.append(node('p', 'note', v.about));
  box.append(numbers(v.rows));
  return box;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' };
  const held = root.contains(document.activeElement) && document.activeElement.getAttribute('aria-label');
  root.replaceChildren();
  root.className = 'run ' + v.state;
  const head = node('div', 'headline'),
    clock = node('span', 'clock', v.clock || '');
  head.append(node('strong', '', v.title || ''), clock);
  root.append(head);
  const name = node('p', 'name', v.name || '');
  if (v.numbers) root.append(withExport(name, 'numbers', () => v.numbers, v.name));
  else if (v.name) root.append(name);
  if (v.detail) root.append(node('p', 'detail', v.detail));
  if (v.phases) root.append(phases(v.phases));
  if (v.share !== undefined && v.share !== null) {
    const bar = progressBar(v.share, v.title);
    root.append(bar);
    if (v.elapsed !== undefined) tick(v, clock, bar);
  }
  if (v.warning) root.append(node('p', 'warning', v.warning));
  if (v.numbers) root.append(numbers(v.numbers));
  if (v.note) root.append(node('p', 'note', v.note));
  if (v.go) root.append(go(v));
  if (v.queue?.length) root.append(queue(v.queue));
  for (const table of v.tables || []) root.append(further(table));
  if (held) [...root.querySelectorAll('button, summary')].find(one => one.getAttribute('aria-label') === held)?.focus();
}

// A screen reader is told how it ended, and not each step.
watch('value', () => {
  const before = root.className;
  draw();
  const [title, warning] = ['.headline strong', '.warning'].map(part => root.querySelector(part)?.textContent || '');
  if (root.className !== before) announce(`${title}. ${warning}`);
});
draw();
