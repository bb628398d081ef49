// FindingsComponent, what was found in data: a headline, facts as a small table, one line for each finding with its
// examples.
const root = element.querySelector('.findings');

function draw() {
  const v = props.value ? JSON.parse(props.value) : { state: 'empty' };
  root.replaceChildren();
  root.className = 'findings card ' + v.state;
  root.append(node('strong', '', v.title || ''));
  if (v.detail) root.append(node('p', 'detail', v.detail));
  if (v.facts) {
    const facts = node('dl');
    for (const [name, value] of v.facts) {
      const box = node('div');
      box.append(node('dt', '', name), node('dd', '', value));
      facts.append(box);
    }
    root.append(facts);
  }
  if (v.findings) {
    const list = node('ul');
    for (const finding of v.findings) {
      const item = node('li', finding.kind);
      item.append(node('span', 'said', finding.text));
      if (finding.examples && finding.examples.length) {
        const more = node('span', 'examples');
        for (const example of finding.examples) more.append(node('span', 'tag', example));
        item.append(more);
      }
      list.append(item);
    }
    root.append(list);
  }
}
watch('value', draw);
draw();
