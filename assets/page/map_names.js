// The classes of a map of all classes, for map.js: their names on the map, and the choice of one that is seen alone.
// `only(name)` is called when a person chooses; '' for all of them.
function classNames(box, choice, only) {
  const list = choice.querySelector('select');
  let classes = [], chosen = '', buttons = [];
  function choose(name) {
    chosen = name;
    list.value = name;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.textContent === name));
    only(name);
  }
  list.onchange = () => choose(list.value);

  function option(value, name) {
    const made = node('option', '', name);
    made.value = value;
    return made;
  }
  // A class that was seen alone stays so, as long as the new map has it.
  function show(those) {
    classes = those;
    chosen = those.some(one => one.name === chosen) ? chosen : '';
    choice.hidden = !those.length;
    list.replaceChildren(option('', 'all'), ...those.map(one => option(one.name, one.name)));
    list.value = chosen;
    buttons = those.filter(one => one.named).map(one => {
      const button = node('button', 'name', one.name);
      button.type = 'button';
      button.setAttribute('aria-pressed', String(one.name === chosen));
      button.style.setProperty('--dot', `var(--class-${one.colour})`);
      button.onclick = () => choose(chosen === one.name ? '' : one.name);
      return button;
    });
    box.replaceChildren(...buttons);
    return chosen;
  }

  // Where the plane's axes put them. A name gives way to one that stands there already: zoom in, and it has room.
  function place(layout) {
    const taken = [];
    const { xaxis: across, yaxis: up } = layout || {};
    const named = classes.filter(one => one.named);
    box.hidden = !across || !across.range || !named.length || named[0].centre.length > 2;
    if (box.hidden) return;
    for (const [i, one] of named.entries()) {
      const button = buttons[i], wide = button.offsetWidth / 2, high = button.offsetHeight / 2;
      const middle = across.l2p(one.centre[0]), centre = up.l2p(one.centre[1]), y = centre - high - 6;  // above it
      const x = Math.min(Math.max(middle, wide), across._length - wide);  // a long name at the edge is seen whole
      const seen = middle > 0 && middle < across._length && y > high && centre < up._length;
      const free = taken.every(other => Math.abs(other.x - x) > other.wide + wide
        || Math.abs(other.y - y) > other.high + high);
      button.style.visibility = seen && free ? 'visible' : 'hidden';
      if (!seen || !free) continue;
      taken.push({ x, y, wide, high });
      button.style.left = across._offset + x + 'px';
      button.style.top = up._offset + y + 'px';
    }
  }
  return { show, place, named: () => classes.filter(one => one.named) };
}
