// ClassesComponent: a box for known or not, the number of texts as a bar, mean words; sorted by any column.
const root = element.querySelector('.classes');
const COLUMNS = [
  ['name', 'Class'],
  ['texts', 'Texts'],
  ['words', 'Words'],
];
let data = { classes: [] },
  sorted = { by: 'name', down: false },
  picked = new Set(),
  chosen = null;

function send() {
  trigger('select', { picked: data.classes.map(c => c.name).filter(name => picked.has(name)) });
}

function heading() {
  const head = node('div', 'line head' + (data.pick ? ' pick' : ''));
  const all = node('input');
  all.type = 'checkbox';
  all.checked = picked.size === data.classes.length;
  all.indeterminate = picked.size > 0 && !all.checked;
  all.setAttribute('aria-label', 'All classes are known');
  all.onchange = () => {
    picked = new Set(all.checked ? data.classes.map(c => c.name) : []);
    draw();
    send();
  };
  if (data.pick) head.append(all);
  for (const [by, name] of COLUMNS) {
    const button = node('button', by, name + (sorted.by === by ? (sorted.down ? ' ↓' : ' ↑') : ''));
    button.type = 'button';
    button.onclick = () => {
      sorted = { by, down: sorted.by === by ? !sorted.down : by !== 'name' };
      draw();
    };
    head.append(button);
  }
  return head;
}

function line(item, most) {
  const row = node('div', 'line' + (picked.has(item.name) ? ' known' : '') + (item.name === chosen ? ' chosen' : ''));
  if (data.pick) {
    const box = node('input');
    box.type = 'checkbox';
    box.checked = picked.has(item.name);
    box.setAttribute('aria-label', item.name + ' is known');
    box.onchange = () => {
      if (box.checked) picked.add(item.name);
      else picked.delete(item.name);
      row.classList.toggle('known', box.checked);
      root.querySelector('.head').replaceWith(heading());
      send();
    };
    row.append(box);
  }
  const name = node('button', 'name', item.name);
  name.type = 'button';
  name.title = 'Show its texts';
  name.onclick = () => {
    chosen = item.name;
    for (const other of root.querySelectorAll('.line.chosen')) other.classList.remove('chosen');
    row.classList.add('chosen');
    trigger('click', { label: item.name });
  };
  const track = node('span', 'texts'),
    bar = node('span', 'bar');
  bar.style.width = (100 * item.texts) / most + '%';
  track.append(bar, node('span', 'count', item.texts.toLocaleString('en')));
  track.title = item.detail;
  row.append(name, track, node('span', 'words', item.words.toFixed(1)));
  return row;
}

function draw() {
  keepingFocus(root, fill);
}

function fill() {
  const list = root.querySelector('.list'),
    top = list ? list.scrollTop : 0;
  root.replaceChildren();
  if (!data.classes.length) {
    root.append(node('p', 'nothing', data.empty || ''));
    return;
  }
  const sign = sorted.down ? -1 : 1,
    by = sorted.by;
  const compared = (a, b) => (by === 'name' ? a.name.localeCompare(b.name) : a[by] - b[by]);
  const order = data.classes.toSorted((a, b) => sign * compared(a, b));
  const most = Math.max(...order.map(item => item.texts));
  const box = node('div', 'list' + (data.pick ? ' pick' : ''));
  for (const item of order) box.append(line(item, most));
  root.append(heading(), box);
  box.scrollTop = top;
}

function take() {
  data = props.value ? JSON.parse(props.value) : { classes: [] };
  picked = new Set(data.classes.filter(item => item.known).map(item => item.name));
  if (!data.classes.some(item => item.name === chosen)) chosen = null;
  draw();
}
watch('value', take);
take();
