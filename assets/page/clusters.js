// GroupsComponent: groups of open texts; a click says which one. `chosen` is the one that is looked at.
const root = element.querySelector('.clusters');

function card(group, index, chosen) {
  const box = node('button', 'group' + (index === chosen ? ' chosen' : ''));
  box.type = 'button';
  box.setAttribute('aria-pressed', index === chosen);
  const head = node('span', 'head');
  const dot = node('span', 'dot');
  dot.style.background = group.colour;
  head.append(dot, node('strong', '', group.name), node('span', 'size', group.size + ' texts'));
  box.append(head, node('span', 'keywords', group.keywords.join(' · ')));
  for (const text of group.samples) box.append(node('span', 'sample', text));
  box.onclick = () => trigger('click', { id: index });
  return box;
}

function draw() {
  keepingFocus(root, fill);
}

function fill() {
  const v = props.value ? JSON.parse(props.value) : { groups: [] };
  const top = root.querySelector('.list')?.scrollTop || 0;
  root.replaceChildren();
  root.classList.toggle('empty', !v.groups.length);
  if (!v.groups.length) {
    root.append(node('p', 'nothing', v.empty || ''));
    return;
  }
  const list = node('div', 'list');
  v.groups.forEach((group, index) => list.append(card(group, index, v.chosen)));
  root.append(list, node('p', 'rest', v.rest));
  list.scrollTop = top;
}
watch('value', draw);
draw();
