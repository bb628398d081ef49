// ComparisonComponent: methods beside each other, one table for each run, and how far their fitting is.
const root = element.querySelector('.comparison');

// A row of numbers; a method without any has a note in their place.
function methodRow(row, width, measure) {
  const line = node('tr', row.kind),
    method = node('th', 'method');
  method.scope = 'row';
  method.append(node('span', 'name', row.name));
  line.append(method);
  if (row.cells) {
    if (row.note) method.append(node('span', 'note', row.note));
    for (const [i, cell] of row.cells.entries())
      line.append(node('td', (cell.best ? 'best ' : '') + (i === measure ? 'sorted' : ''), cell.text));
    line.append(node('td', 'aside', row.seconds));
  } else {
    const note = node('td', 'note', row.note);
    note.colSpan = 6;
    line.append(note);
  }
  for (let i = 6; i < width; i += 1) line.append(node('td', 'aside', row.paper[i - 6] || ''));
  return line;
}

// What is exported: methods that have numbers, here or in the paper.
function cellsOf(run) {
  const filled = list => run.headings.map((_, i) => list[i] ?? '');
  return [
    ['Method', ...run.headings],
    ...run.rows
      .filter(row => row.cells || row.paper.length)
      .map(row => {
        const cells = row.cells ? [...row.cells.map(cell => cell.text), row.seconds] : Array(6).fill('');
        return [row.name, ...filled([...cells, ...row.paper])];
      }),
  ];
}

function runTable(run) {
  const box = node('section', 'of-run');
  box.append(withExport(node('h3', '', run.name), 'methods', () => cellsOf(run), run.name));
  const table = node('table'),
    head = node('thead'),
    body = node('tbody'),
    top = node('tr');
  top.append(node('th', 'method', 'Method'));
  for (const [i, name] of run.headings.entries())
    top.append(node('th', i > 4 ? 'aside' : i === run.measure ? 'sorted' : '', name));
  head.append(top);
  for (const row of run.rows) body.append(methodRow(row, run.headings.length, run.measure));
  table.append(head, body);
  box.append(scrolling('Methods on ' + run.name, table));
  return box;
}

// The settings that are not the same in all runs, and their numbers.
function changes(rows) {
  const box = node('section', 'changes'),
    title = 'What differs between these runs';
  box.append(withExport(node('h3', '', title), title, () => rows), scrolling(title, numbers(rows)));
  return box;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' };
  const left = [...root.querySelectorAll('.scroll')].map(box => box.scrollLeft);
  root.replaceChildren();
  root.className = 'comparison ' + v.state;
  root.setAttribute('aria-busy', v.state === 'busy');
  root.append(node('strong', 'title', v.title || ''), node('p', 'detail', v.detail || ''));
  if (v.share !== undefined) root.append(progressBar(v.share, v.title));
  for (const run of v.runs || []) root.append(runTable(run));
  if (v.changes?.length) root.append(changes(v.changes));
  [...root.querySelectorAll('.scroll')].forEach((box, i) => {
    box.scrollLeft = left[i] || 0;
  });
}
watch('value', draw);
draw();
