// The points of the map as a list, for map.js: for the keyboard, for a screen reader, and to read.
// `choose(id)` is called when a person opens one. Drawn only while it is open.
function pointList(box, choose) {
  const STEP = 40, list = box.querySelector('ol'), more = box.querySelector('.more');
  let points = [], chosen = null;
  const mark = (one) => one.firstChild.setAttribute('aria-current', String(Number(one.dataset.id) === chosen));

  function line(point) {
    const made = node('li'), button = node('button', point.right ? '' : 'wrong');
    made.dataset.id = point.id;
    button.type = 'button';
    const said = [point.group, ...aboutPoint(point)].join(' · ');
    button.append(node('span', 'text', point.text), node('small', '', said));
    button.onclick = () => choose(point.id);
    made.append(button);
    mark(made);
    return made;
  }
  function extend() {
    const from = list.children.length;
    list.append(...points.slice(from, from + STEP).map(line));
    more.hidden = list.children.length >= points.length;
    more.textContent = `Show ${STEP} more of ${points.length.toLocaleString('en')}`;
  }
  function draw() {
    list.replaceChildren();
    if (box.open) extend();
  }
  more.onclick = () => {
    const next = list.children.length;
    extend();
    list.children[next].firstChild.focus();
  };
  box.ontoggle = draw;
  return {
    show(those) {
      points = those;
      box.querySelector('summary').textContent = `The points as a list (${those.length.toLocaleString('en')})`;
      draw();
    },
    choose(id) {
      chosen = id;
      [...list.children].forEach(mark);
    },
  };
}
