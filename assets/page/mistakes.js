// MistakesComponent: all errors of a test, filtered here; a click on one brings its text to the map. `props.value` is
// what ans.ui.evaluate.cards.mistake_table builds and describes.
const root = element.querySelector('.mistakes');
const STEP = 25;
let filter = {},
  shown = STEP,
  byScore = 0; // byScore: 0 the surest first, 1 lowest score first, -1 highest first

function chosen(v) {
  const rows = v.rows.filter(
    ({ truth, answer, kind }) =>
      (!filter.kind || kind === filter.kind) &&
      (!filter.truth || truth === filter.truth) &&
      (!filter.answer || answer === filter.answer) &&
      (!filter.label || [truth, answer].includes(filter.label) || (filter.label === v.open && kind === 'taken')),
  );
  return byScore ? rows.toSorted((a, b) => byScore * (a.score - b.score)) : rows;
}

function change(next) {
  filter = next;
  shown = STEP;
  draw();
}

function kindButtons(v) {
  const box = node('div', 'filters');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Kind of error');
  for (const { key, name } of [{ key: '', name: 'all' }, ...v.kinds]) {
    const count = key ? v.rows.filter(row => row.kind === key).length : v.rows.length;
    const on = (filter.kind || '') === key,
      made = node('button', 'filter ' + key, `${name} ${count}`);
    made.type = 'button';
    made.setAttribute('aria-pressed', on);
    made.onclick = () => change({ ...filter, kind: key || undefined });
    box.append(made);
  }
  return box;
}

function classChoice(v) {
  const box = node('label', 'choice', 'Class '),
    list = node('select');
  const labels = filter.label && !v.labels.includes(filter.label) ? [...v.labels, filter.label] : v.labels;
  for (const label of ['', ...labels]) {
    const option = node('option', '', label || 'all');
    option.value = label;
    list.append(option);
  }
  list.value = filter.label || '';
  list.onchange = () => change({ kind: filter.kind, label: list.value || undefined });
  box.append(list);
  return box;
}

function truthCell(v, truth) {
  const cell = node('td', 'truth', truth);
  if (v.held_out.includes(truth)) cell.append(node('small', '', 'held out'));
  return cell;
}

function table(v, rows) {
  const made = node('table', 'errors'),
    head = node('tr'),
    top = node('thead'),
    body = node('tbody');
  for (const name of ['text', 'truth', 'answer']) head.append(node('th', '', name));
  const sort = node('button', '', 'score'),
    cell = node('th', 'number');
  sort.type = 'button';
  sort.title = 'Sort by score; first come the surest errors';
  cell.setAttribute('aria-sort', byScore ? (byScore > 0 ? 'ascending' : 'descending') : 'none');
  sort.onclick = () => {
    byScore = { 0: 1, 1: -1, '-1': 0 }[byScore];
    draw();
    root.querySelector('th button').focus();
  };
  cell.append(sort);
  head.append(cell);
  top.append(head);
  for (const { text, truth, answer, score, kind } of rows.slice(0, shown)) {
    const line = node('tr', kind),
      where = node('td', 'text'),
      link = node('button', 'link', text);
    link.type = 'button';
    link.title = 'Show this text on the map';
    link.onclick = () => trigger('click', { text });
    where.append(link);
    line.append(
      where,
      truthCell(v, truth),
      node('td', 'answer', answer),
      node('td', 'number', (score < 0 ? '−' : '+') + Math.abs(score).toFixed(1)),
    );
    body.append(line);
  }
  made.append(top, body);
  return made;
}

function draw() {
  keepingFocus(root, fill);
}

function fill() {
  const v = props.value ? JSON.parse(props.value) : null;
  root.replaceChildren();
  if (!v) return;
  const rows = chosen(v),
    title = node('h3', '', 'Errors');
  title.tabIndex = -1;
  root.append(title);
  if (!v.rows.length) {
    root.append(node('p', 'note', 'Every test text is classified right.'));
    return;
  }
  const bar = node('div', 'bar');
  bar.append(kindButtons(v), classChoice(v));
  if (filter.truth) {
    const pair = node('button', 'filter pair', `${filter.truth} → ${filter.answer} ✕`);
    pair.type = 'button';
    pair.title = 'Show other errors too';
    pair.setAttribute('aria-label', `Only ${filter.truth} answered ${filter.answer}; remove this filter`);
    pair.onclick = () => change({ kind: filter.kind });
    bar.append(pair);
  }
  root.append(
    bar,
    node('p', 'note', 'The surest errors come first. A click on a text shows it on the map, as the star.'),
  );
  if (!rows.length) {
    root.append(node('p', 'none', 'No error is of this kind and class. Choose another filter.'));
    return;
  }
  const frame = node('div', 'scroll');
  frame.append(table(v, rows));
  root.append(frame);
  if (rows.length > shown) {
    const more = node('button', 'filter more', `Show ${Math.min(STEP, rows.length - shown)} more of ${rows.length}`);
    more.type = 'button';
    more.onclick = () => {
      shown += STEP;
      draw();
    };
    root.append(more);
  }
}

function want() {
  const { at, ...wanted } = props.wanted || {};
  change(wanted);
  if (!at) return;
  const title = root.querySelector('h3');
  title.focus({ preventScroll: true });
  title.scrollIntoView({
    block: 'start',
    behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth',
  });
}
watch('value', draw);
watch('wanted', want);
draw();
