// TextsComponent: a list of texts, each with a tag and an aside; a click hands the text on, "Show more" asks for more.
const root = element.querySelector('.texts');

function line(row, clickable) {
  const made = node(clickable ? 'button' : 'div', 'row ' + (row.kind || ''));
  if (clickable) {
    made.type = 'button';
    made.onclick = () => trigger('click', { text: row.text });
  }
  made.append(node('span', 'text', row.text));
  if (row.tag) made.append(node('span', 'tag', row.tag));
  if (row.aside) made.append(node('span', 'aside', row.aside));
  return made;
}

function draw() {
  keepingFocus(root, fill);
}

function fill() {
  const v = props.value ? JSON.parse(props.value) : { rows: [], total: 0 };
  root.replaceChildren();
  if (v.heading) {
    const head = node('div', 'head');
    head.append(node('h3', '', v.heading));
    if (v.again) {
      const again = node('button', 'more', v.again);
      again.type = 'button';
      again.onclick = () => trigger('retry');
      head.append(again);
    }
    root.append(head);
  }
  if (!v.rows.length) {
    root.append(node('p', 'nothing', v.empty || ''));
    return;
  }
  const list = node('div', 'rows');
  list.tabIndex = 0; // so that the arrow keys scroll it
  for (const row of v.rows) list.append(line(row, v.clickable));
  root.append(list);
  if (v.rows.length < v.total) {
    const foot = node('div', 'foot');
    foot.append(
      node('span', '', `${v.rows.length.toLocaleString('en')} of ${v.total.toLocaleString('en')} are shown.`),
    );
    const more = node('button', 'more', 'Show more');
    more.type = 'button';
    more.onclick = () => trigger('select', { count: v.rows.length });
    foot.append(more);
    list.append(foot);
  }
}
watch('value', draw);
draw();
