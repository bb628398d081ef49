// PointComponent, what a clicked point is: its text, its group, its true class. Under it stands the verdict card.
const root = element.querySelector('.point');
function draw() {
  const v = props.value ? JSON.parse(props.value) : null;
  root.replaceChildren();
  root.classList.toggle('is-empty', !v);
  if (!v) return;
  root.append(node('p', 'kind', v.kind), node('p', 'text', v.text));
  if (v.truth) root.append(node('p', 'truth' + (v.right ? '' : ' wrong'), v.truth));
}
watch('value', draw);
draw();
