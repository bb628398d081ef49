// ConfidentErrorsComponent: test texts on which MSP is confidently wrong; a click sends the text.
const root = element.querySelector('.confident-errors');

function draw() {
  const v = props.value ? JSON.parse(props.value) : { items: [] };
  root.replaceChildren();
  root.append(node('h3', '', v.title || ''), node('p', 'detail', v.detail || ''));
  const list = node('div', 'list');
  for (const item of v.items) {
    const button = node('button', 'confident-error');
    button.type = 'button';
    const below = node('span', 'below');
    below.append(
      node('span', 'truth', item.truth),
      node('span', '', 'MSP says ' + item.label + ', ' + item.sure + ' sure'),
    );
    button.append(node('span', 'text', item.text), below);
    button.onclick = () => trigger('click', { text: item.text });
    list.append(button);
  }
  if (v.items.length) root.append(list);
}
watch('value', draw);
draw();
