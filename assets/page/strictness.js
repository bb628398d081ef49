// StrictnessComponent: what a line does to texts whose labels are known, as bars; and to each class, if that is wanted.
const root = element.querySelector('.strictness');

function share(row) {
  const line = node('div', 'share ' + row.kind),
    track = node('span', 'track'),
    bar = node('span', 'bar');
  bar.style.width = (row.of ? (100 * row.count) / row.of : 0) + '%';
  track.append(bar);
  const said = row.of ? `${row.count.toLocaleString('en')} of ${row.of.toLocaleString('en')}` : 'none';
  const percent = row.of ? `${((100 * row.count) / row.of).toFixed(0)} %` : '';
  line.append(node('span', 'name', row.name), track, node('b', '', percent), node('span', 'of', said));
  return line;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : { rows: [] };
  const parts = [];
  if (v.warning) parts.push(node('p', 'warning', v.warning));
  parts.push(...v.rows.map(share));
  if (v.note) parts.push(node('p', 'note', v.note));
  if (v.classes && v.classes.length) {
    const list = node('div', 'each');
    list.tabIndex = 0; // so that the arrow keys scroll it
    list.append(...v.classes.map(share));
    parts.push(node('h3', '', 'Held-out texts refused, each class'), list);
  }
  root.replaceChildren(...parts);
}
watch('value', draw);
draw();
