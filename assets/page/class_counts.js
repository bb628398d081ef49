// ClassCountsComponent: how many texts have each answer. Each bar is a button that filters by its answer.
const root = element.querySelector('.class-counts');

function bar(row, most, pressed) {
  const made = node('button', 'bar-row' + (row.label ? '' : ' is-open')),
    track = node('span', 'track'),
    fill = node('span', 'fill');
  made.type = 'button';
  made.dataset.key = row.label;
  made.title = 'Show only these texts';
  made.setAttribute('aria-pressed', row.label === pressed);
  fill.style.width = (100 * row.count) / most + '%';
  track.append(fill);
  track.setAttribute('aria-hidden', true);
  made.append(
    node('span', 'name', row.name),
    track,
    node('span', 'count', row.count.toLocaleString('en')),
    node('span', 'share', row.share),
  );
  made.onclick = () => trigger('click', { label: row.label });
  return made;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : null,
    old = root.querySelector('.bars'),
    top = old ? old.scrollTop : 0;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  root.replaceChildren();
  if (!v) return;
  const most = Math.max(1, ...v.rows.map(row => row.count)),
    box = node('div', 'bars');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Texts of each answer; press one to see only these');
  for (const row of v.rows) box.append(bar(row, most, v.pressed));
  root.append(node('h3', '', 'Texts of each answer'), box);
  box.scrollTop = top;
  if (focused !== null) [...box.children].find(made => made.dataset.key === focused)?.focus({ preventScroll: true });
}
watch('value', draw);
draw();
