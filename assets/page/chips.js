// ChipsComponent: example texts in labelled groups; a click sends the text.
const root = element.querySelector('.chips');

function draw() {
  root.replaceChildren();
  for (const group of props.value ? JSON.parse(props.value) : []) {
    if (!group.texts.length) continue;
    const line = document.createElement('div');
    line.className = 'group ' + group.kind;
    const name = document.createElement('span');
    name.className = 'name';
    name.textContent = group.name;
    name.title = group.explanation;
    line.append(name);
    for (const text of group.texts) {
      const chip = document.createElement('button');
      chip.type = 'button';
      chip.textContent = text;
      chip.onclick = () => trigger('click', { text });
      line.append(chip);
    }
    root.append(line);
  }
}
watch('value', draw);
draw();
