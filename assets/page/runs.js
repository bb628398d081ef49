// RunsComponent: all runs in a table; each action sends its name and the run's id. What is half done survives a redraw.
const root = element.querySelector('.runs');
let renaming = null,
  deleting = null; // ids
const HEADS = ['run', 'dataset', 'known', 'encoder', 'status', 'accuracy', 'F1', 'age', ''];

function age(created) {
  const seconds = Math.max(0, Date.now() / 1000 - created);
  for (const [length, name] of [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ]) {
    const count = Math.floor(seconds / length);
    if (count) return `${count} ${name} ago`;
  }
  return 'just now';
}

function renameForm(row) {
  const form = node('form', 'rename'),
    box = node('input'),
    save = node('button', 'strong', 'Save');
  const leave = () => {
    renaming = null;
    draw();
    focusOn(`Rename ${row.id}`);
  };
  box.value = row.given_name;
  box.maxLength = 80;
  box.placeholder = row.title;
  box.setAttribute('aria-label', 'New name of ' + row.title);
  box.onkeydown = event => {
    if (event.key === 'Escape') leave();
  };
  form.onsubmit = event => {
    event.preventDefault();
    trigger('click', { action: 'rename', id: row.id, name: box.value });
    leave();
  };
  form.append(
    box,
    save,
    button('Cancel', leave, '', 'Cancel, keep the name'),
  );
  return form;
}

function actions(row) {
  const box = node('div', 'actions');
  if (deleting === row.id) {
    box.append(
      node(
        'span',
        'ask',
        row.starter ? 'Delete the starter? It comes back at the next start.' : 'Delete permanently?',
      ),
      button('Delete', () => {
        deleting = null;
        trigger('click', { action: 'delete', id: row.id });
        draw();
        focusOn(`Delete ${row.id}`);
      }, 'danger', 'Yes, delete ' + row.title),
      button('Cancel', () => {
        deleting = null;
        draw();
        focusOn(`Delete ${row.id}`);
      }, '', 'Cancel, keep ' + row.title),
    );
    return box;
  }
  if (row.usable)
    box.append(
      button('Open', () => {
        trigger('click', { action: 'open', id: row.id });
      }, 'strong', 'Open ' + row.title + ' and ask it'),
      button('Use', () => {
        document.dispatchEvent(new CustomEvent('use-model', { detail: row.id }));
      }, '', 'Use ' + row.title + ' elsewhere'),
      button('Download', () => {
        root.querySelector('.note').textContent = 'The download is being packed.';
        trigger('click', { action: 'download', id: row.id });
      }, '', 'Download ' + row.title),
    );
  if (row.may_change)
    box.append(
      button('Rename', () => {
        renaming = row.id;
        deleting = null;
        draw();
        root.querySelector('.rename input').focus();
      }, '', 'Rename ' + row.title),
    );
  if (row.may_delete)
    box.append(
      button('Delete', () => {
        deleting = row.id;
        draw();
        root.querySelector('.danger').focus();
      }, '', 'Delete ' + row.title),
    );
  for (const one of box.querySelectorAll('button')) one.dataset.key = `${one.textContent} ${row.id}`;
  if (row.state === 'running' || row.state === 'queued')
    box.append(node('span', 'ask', 'Stop it in Train to delete it.'));
  return box;
}

function nameCell(row) {
  const cell = node('td', 'name');
  if (renaming === row.id) {
    cell.append(renameForm(row));
    return cell;
  }
  const below = node('div');
  if (row.seed !== undefined) below.append(node('small', '', 'seed ' + row.seed));
  if (row.in_use) below.append(node('span', 'badge use', 'in use'));
  if (row.private) {
    const made = node('span', 'badge', 'only you');
    made.title = 'Only this browser sees it.';
    below.append(made);
  }
  cell.append(node('strong', '', row.title), below);
  return cell;
}

function line(row) {
  const made = node('tr', row.in_use ? 'in-use' : '');
  const number = value => (value === null ? '–' : value.toFixed(1));
  const status = node('td', 'status ' + row.state);
  status.append(node('span', '', row.status));
  if (row.message) status.append(node('small', '', row.message));
  const cells = [
    nameCell(row),
    node('td', '', row.dataset || '–'),
    node('td', '', row.ratio || '–'),
    node('td', '', row.encoder || '–'),
    status,
    node('td', 'number', number(row.accuracy)),
    node('td', 'number', number(row.f1)),
    node('td', 'age', row.created === undefined ? '–' : age(row.created)),
  ];
  cells.forEach((cell, i) => {
    cell.dataset.head = HEADS[i];
  });
  const last = node('td', 'do');
  last.append(actions(row));
  made.append(...cells, last);
  return made;
}

// What is exported: all that the table says, and the seed in a column of its own.
function cellsOf(rows) {
  const number = value => (value === null ? '–' : value.toFixed(1));
  return [
    ['run', 'dataset', 'known', 'seed', 'encoder', 'status', 'accuracy', 'F1', 'created'],
    ...rows.map(row => [
      row.title, row.dataset, row.ratio, row.seed, row.encoder, row.status, number(row.accuracy), number(row.f1),
      row.created === undefined ? '' : new Date(1000 * row.created).toISOString().slice(0, 19) + 'Z',
    ]),
  ]; // prettier-ignore
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : null;
  if (renaming && root.querySelector('.rename')?.contains(document.activeElement)) return; // somebody is typing there
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  root.replaceChildren();
  const note = node('p', 'note', props.note || '');
  note.setAttribute('role', 'status');
  if (!v || !v.rows.length) {
    const empty = node('div', 'none');
    empty.append(
      node('strong', '', 'There is no run yet'),
      node('p', '', 'Start one in the Train tab, or upload one that was downloaded from this app.'),
    );
    root.append(empty, note);
    return;
  }
  const table = node('table'),
    head = node('tr'),
    top = node('thead'),
    body = node('tbody');
  for (const name of HEADS) head.append(node('th', name === 'accuracy' || name === 'F1' ? 'number' : '', name));
  head.lastChild.append(node('span', 'heard', 'what can be done'));
  top.append(head);
  body.append(...v.rows.map(line));
  table.append(top, body);
  root.append(
    withExport(node('span'), 'runs', () => cellsOf(v.rows)),
    table,
    note,
    node(
      'p',
      'hint',
      (v.restricted ? 'Runs that are everybody’s can’t be renamed or deleted on this server. ' : '') +
        'Accuracy and F1 in percent. A downloaded run answers on the command line, ' +
          'python -m ans predict RUN.zip, and can be uploaded here ' +
        'again; an uploaded one, and one trained on uploaded data, is seen by this browser alone.',
    ),
  );
  if (held?.dataset.key) focusOn(held.dataset.key);
  else if (held?.matches('summary')) root.querySelector('summary').focus({ preventScroll: true });
}

// The button that leads on from here; where its run is gone, the first one of the table.
function focusOn(key) {
  const found = root.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? root.querySelector('td.do button');
  found?.focus({ preventScroll: true });
}
watch('value', draw);
watch('note', draw);
draw();
