// EvaluationComponent: one part of an evaluation; `view` names it. A click on a number shows the errors behind it.
// Kinds of error come as keys of ans.evaluation.mistakes.KIND_NAMES, with their names beside them.
const root = element.querySelector('.evaluation');
const percent = x => x.toFixed(1);
let order = { column: 'f1', down: false }; // of the class table; it outlives an update

function toErrors(className, wanted, ...parts) {
  const made = button('', () => trigger('click', wanted), className);
  made.append(...parts);
  return made;
}

// A name that may break after each underscore.
function breakable(name) {
  const made = node('span');
  for (const part of name.split(/(?<=_)/)) made.append(part, document.createElement('wbr'));
  return made;
}

function notice(v) {
  const box = node('div', 'card notice ' + v.state);
  box.setAttribute('role', 'status');
  box.append(node('strong', '', v.title), node('p', '', v.detail));
  return [box];
}

// What became of the texts of each kind: how many were judged right, and how many fell to which error.
function fates(v) {
  const box = node('div', 'fates'),
    at = Object.fromEntries(v.kinds.map(k => [k.kind, k]));
  for (const [whose, right, kinds] of [
    ['known', 'right', ['confused', 'rejected']],
    ['open', 'right', ['taken']],
  ]) {
    const of = at[kinds[0]].of,
      good = of - kinds.reduce((sum, kind) => sum + at[kind].count, 0);
    const parts = [['right', right, good], ...kinds.map(kind => [kind, at[kind].name, at[kind].count])];
    const line = node('div', 'fate ' + whose),
      bar = node('div', 'stack');
    for (const [tone, name, count] of parts) {
      const part = node('span', 'part ' + tone);
      part.style.flexGrow = count;
      part.title = `${name}: ${count}`;
      if (count) bar.append(part);
    }
    const said = of ? `${percent((100 * good) / of)} % ${right}` : 'none in this test';
    line.append(node('span', 'whose', `${of.toLocaleString('en')} ${whose} texts`), node('span', 'said', said), bar);
    box.append(line);
  }
  return box;
}

function errorKinds(v) {
  const box = node('div', 'kinds'),
    most = Math.max(1, ...v.kinds.map(k => k.count));
  for (const kind of v.kinds) {
    const track = node('span', 'track'),
      bar = node('span', 'bar');
    bar.style.width = (100 * kind.count) / most + '%';
    track.append(bar);
    const share = kind.of
      ? `${percent((100 * kind.count) / kind.of)} % of ${kind.of} ${kind.whose}`
      : `no ${kind.whose} texts`;
    box.append(
      toErrors(
        'kind ' + kind.kind,
        { kind: kind.kind },
        node('span', 'name', kind.name),
        track,
        node('span', 'count', kind.count),
        node('span', 'share', share),
      ),
    );
  }
  return box;
}

function tags(title, buttons) {
  const box = node('div', 'tags');
  box.append(node('h4', '', title), ...buttons);
  return box;
}

function overview(v) {
  if (v.state !== 'done') return notice(v);
  const good = node('section', 'card good'),
    bad = node('section', 'card bad'),
    [right, texts] = [v.right, v.texts].map(count => count.toLocaleString('en'));
  good.append(
    node('h3', '', 'How good is it?'),
    node('p', 'lead', `${right} of ${texts} test texts are classified right`),
    withExport(node('p', 'name', v.name), 'numbers', () => v.numbers, v.name),
    numbers(v.numbers),
    fates(v),
    node('p', 'note', v.note),
  );
  const wrong = v.texts - v.right;
  bad.append(
    node('h3', '', 'Where does it fail?'),
    node('p', 'lead', wrong ? `${wrong.toLocaleString('en')} are classified wrongly` : 'Nowhere in this test'),
  );
  bad.append(errorKinds(v));
  bad.append(
    tags(
      'Weakest classes, F1',
      v.weakest.map(row =>
        toErrors('tag', { label: row.label }, breakable(row.label), node('b', '', percent(row.f1))),
      ),
    ),
  );
  if (v.confusions.length)
    bad.append(
      tags(
        'Most frequent errors',
        v.confusions.map(row =>
          toErrors(
            'tag ' + row.kind,
            { truth: row.truth, answer: row.answer },
            breakable(`${row.truth} → ${row.answer}`),
            node('b', '', row.count),
          ),
        ),
      ),
    );
  return [good, bad];
}

const COLUMNS = [
  ['label', 'class'],
  ['support', 'texts'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'F1'],
];

function classes(v) {
  const table = node('table', 'classes'),
    head = node('tr'),
    body = node('tbody');
  for (const [key, name] of COLUMNS) {
    const cell = node('th'),
      sort = node('button', '', name);
    sort.type = 'button';
    cell.setAttribute('aria-sort', order.column !== key ? 'none' : order.down ? 'descending' : 'ascending');
    sort.onclick = () => {
      order = { column: key, down: order.column === key ? !order.down : false };
      draw();
      root.querySelectorAll('th button')[COLUMNS.findIndex(c => c[0] === key)].focus();
    };
    cell.append(sort);
    head.append(cell);
  }
  const sign = order.down ? -1 : 1;
  // What is not tested can't be compared: it comes last.
  const rows = v.rows.toSorted((a, b) => {
    if (!a.support !== !b.support) return a.support ? -1 : 1;
    return sign * (order.column === 'label' ? a.label.localeCompare(b.label) : a[order.column] - b[order.column]);
  });
  for (const row of rows) {
    const line = node('tr', row.label === v.open ? 'open' : ''),
      name = node('td');
    name.append(toErrors('link', { label: row.label }, breakable(row.label)));
    line.append(name, node('td', 'number', row.support));
    for (const key of ['precision', 'recall', 'f1']) {
      const cell = node('td', 'measure ' + key),
        track = node('span', 'track'),
        bar = node('span', 'bar');
      bar.style.width = (row.support ? row[key] : 0) + '%';
      track.append(bar);
      cell.append(track, node('span', 'value', row.support ? percent(row[key]) : '–'));
      line.append(cell);
    }
    body.append(line);
  }
  const top = node('thead'),
    frame = node('div', 'scroll');
  top.append(head);
  table.append(top, body);
  frame.append(table);
  frame.tabIndex = 0;
  return [
    withExport(node('h3', '', 'Each class'), 'each class', () => [
      COLUMNS.map(([, name]) => name),
      ...rows.map(row => COLUMNS.map(([key]) => (['label', 'support'].includes(key) ? row[key] : percent(row[key])))),
    ]),
    node('p', 'note', 'A click on a class shows its errors, one on a heading sorts. In percent.'),
    frame,
  ];
}

function confusions(v) {
  const note =
    'Blue: answers within the known classes. Red: the open class, which stands apart. ' +
        'Darker is more, on a logarithmic scale; ' +
    'empty cells are blank. Point at a cell for its count.';
  if (!v.rows.length) return [node('p', 'note', note), node('p', 'note', 'There is no error to list.')];
  const list = node('ol', 'pairs scroll');
  list.tabIndex = 0;
  for (const row of v.rows) {
    const item = node('li');
    item.append(
      toErrors(
        'pair ' + row.kind,
        { truth: row.truth, answer: row.answer },
        node('span', 'truth', row.truth),
        node('span', 'arrow', '→'),
        node('span', 'answer', row.answer),
        node('b', '', row.count),
      ),
    );
    list.append(item);
  }
  return [
    node('p', 'note', note),
    node('h4', '', 'Most frequent errors, held-out classes under their own names'),
    list,
  ];
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return seconds < 9.95
    ? seconds.toFixed(1) + ' s'
    : whole < 60
      ? whole + ' s'
      : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function facts(v) {
  const total = v.seconds.reduce((sum, row) => sum + row.seconds, 0),
    times = node('div', 'times');
  for (const row of v.seconds) {
    const line = node('div', 'time'),
      track = node('span', 'track'),
      bar = node('span', 'bar');
    bar.style.width = (100 * row.seconds) / Math.max(total, 1e-9) + '%';
    track.append(bar);
    line.append(node('span', 'name', row.name), track, node('span', 'value', clock(row.seconds)));
    times.append(line);
  }
  const took = node('p', 'note', `Its phases took ${clock(total)} on ${v.device}.`);
  const made = [node('h3', '', 'This run'), took, times];
  for (const group of v.groups) {
    const fold = node('details'),
      changed = group.rows.filter(row => row.changed).length;
    fold.open = group.key === 'data';
    const title = node('summary', '', group.title);
    if (changed) title.append(node('span', 'changed', `${changed} not the default`));
    const list = node('dl');
    for (const row of group.rows) {
      const name = node('dt', row.changed ? 'changed' : '', row.name);
      name.title = row.about;
      list.append(name, node('dd', row.changed ? 'changed' : '', row.value));
    }
    fold.append(title, list);
    made.push(fold);
  }
  return made;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : null,
    at = root.querySelector('.scroll')?.scrollTop;
  root.className = 'evaluation ' + (v ? v.view : '');
  root.replaceChildren(...(v ? { overview, classes, confusions, facts }[v.view](v) : []));
  if (at && root.querySelector('.scroll')) root.querySelector('.scroll').scrollTop = at;
}
watch('value', draw);
draw();
