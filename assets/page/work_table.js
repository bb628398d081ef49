// WorkTableComponent: one page of many classified texts. The server filters, sorts, and keeps what is selected.
const root = element.querySelector('.work-table');
let latest = 0; // stamp of what is drawn: an older value comes too late

function box(key, name, on, tell) {
  const made = node('input');
  made.type = 'checkbox';
  made.checked = on;
  made.dataset.key = key;
  made.setAttribute('aria-label', name);
  made.onchange = () => tell(made.checked);
  return made;
}

function keyed(key, className, text, tell) {
  const made = button(text, tell, className);
  made.dataset.key = key;
  return made;
}

// What is shown of how many, what is selected, and the way back to all.
function heading(v) {
  const head = node('div', 'head'),
    n = count => count.toLocaleString('en');
  const some = v.total === v.all ? `${n(v.all)} texts` : `${n(v.total)} of ${n(v.all)} texts`;
  const said = node('p', 'said', v.label ? `${some}, only ${v.label}` : some);
  if (v.chosen) said.append(node('strong', '', ` · ${n(v.chosen)} selected`));
  head.append(said);
  if (v.total !== v.all) head.append(keyed('clear', 'quiet-button', 'Show all', () => trigger('clear')));
  if (v.chosen)
    head.append(keyed('none', 'quiet-button', 'Select none', () => trigger('select', { row: null, on: false })));
  return head;
}

function column(v, key, name) {
  const cell = node('th', key),
    mark = v.order === key ? (v.down ? ' ▾' : ' ▴') : '';
  cell.scope = 'col';
  cell.setAttribute('aria-sort', v.order === key ? (v.down ? 'descending' : 'ascending') : 'none');
  cell.append(keyed('sort ' + key, '', name + mark, () => trigger('apply', { order: key })));
  return cell;
}

function top(v) {
  const made = node('thead'),
    row = node('tr'),
    first = node('th', 'tick');
  first.scope = 'col';
  first.append(box('all', 'Select all shown', v.every, on => trigger('select', { row: null, on })));
  row.append(first, column(v, 'text', 'Text'), column(v, 'answer', 'Answer'), column(v, 'score', 'Score'));
  if (v.second) {
    const other = column(v, 'other', 'Second model');
    other.title = v.second;
    row.append(other);
  }
  const last = node('th', 'wrong');
  last.scope = 'col';
  last.append(node('span', 'heard', 'Correct'));
  row.append(last);
  made.append(row);
  return made;
}

function answer(name, isOpen, className) {
  const made = node('td', className + (isOpen ? ' is-open' : ' is-known'));
  made.append(node('span', 'tag', name));
  return made;
}

function line(v, row) {
  const made = node('tr', (row.chosen ? 'chosen ' : '') + (row.changed ? 'changed' : '')),
    tick = node('td', 'tick'),
    text = node('td', 'text'),
    wrong = node('td', 'wrong');
  const choose = on => trigger('select', { row: row.row, on });
  tick.append(box('row ' + row.row, `Select “${row.text}”`, row.chosen, choose));
  const link = keyed('text ' + row.row, '', row.text, () => trigger('click', { text: row.text }));
  link.title = 'Look at this text alone';
  text.append(link);
  const said = answer(row.answer, row.open, 'answer');
  if (row.unsure) said.append(node('small', '', 'unsure'));
  if (row.right !== null) said.append(node('small', 'right', '→ ' + row.right));
  made.append(tick, text, said, node('td', 'score', row.score));
  if (v.second) {
    const other = row.other === undefined ? node('td', 'other', '–') : answer(row.other, row.other_open, 'other');
    other.prepend(node('span', 'on-phone', 'Second model: '));
    if (row.changed) other.append(node('small', '', 'changed'));
    made.append(other);
  }
  const tell = keyed('wrong ' + row.row, '', "That's wrong", () => trigger('edit', { row: row.row }));
  tell.setAttribute('aria-label', `That's wrong: “${row.text}” is not ${row.answer}`);
  wrong.append(tell);
  made.append(wrong);
  return made;
}

function pages(v) {
  const foot = node('div', 'foot'),
    page = v.start / v.size,
    last = v.start + v.rows.length,
    n = count => count.toLocaleString('en');
  const go = (key, name, to, on) => {
    const made = keyed(key, 'quiet-button', name, () => trigger('expand', { page: to }));
    made.disabled = !on;
    return made;
  };
  foot.append(
    go('before', 'Previous', page - 1, page > 0),
    node('span', '', `${n(v.start + 1)} to ${n(last)} of ${n(v.total)}`),
    go('next', 'Next', page + 1, last < v.total),
  );
  return foot;
}

let start = 0;
function draw() {
  const v = props.value ? JSON.parse(props.value) : null;
  if (v && v.stamp < latest) return;
  const old = root.querySelector('.rows'),
    scrolled = old && v && v.start === start ? old.scrollTop : 0;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  root.replaceChildren();
  if (!v) return;
  latest = v.stamp;
  start = v.start;
  root.append(heading(v));
  announce(root.querySelector('.said').textContent);
  if (!v.rows.length) {
    root.append(node('p', 'nothing', 'No text is like this. Choose another filter, or search for less.'));
    return;
  }
  const frame = node('div', 'rows'),
    table = node('table'),
    body = node('tbody');
  frame.tabIndex = 0; // so that the arrow keys scroll it
  frame.setAttribute('role', 'region');
  frame.setAttribute('aria-label', 'The texts and their answers');
  for (const row of v.rows) body.append(line(v, row));
  table.append(top(v), body);
  frame.append(table);
  root.append(frame);
  if (v.total > v.size) root.append(pages(v));
  frame.scrollTop = scrolled;
  if (focused) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
watch('value', draw);
draw();
