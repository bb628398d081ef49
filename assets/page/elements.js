// Stands before the script of every `PageComponent` (ans/ui/components.py). User text reaches the page through `text`
// alone, never as HTML.
function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// A button; `act` is given it. `label` is its name for a screen reader where the words are not enough.
function button(words, act, className, label) {
  const made = node('button', className, words);
  made.type = 'button';
  if (label) made.setAttribute('aria-label', label);
  if (act) made.onclick = () => act(made);
  return made;
}

// A colour of ans/ui/theme.py as it is now, light or dark, for what takes no custom properties.
function colour(name) {
  return getComputedStyle(element).getPropertyValue('--' + name).trim();
}

// What a screen reader is told of this component, once it is quiet; nothing while it is on another tab.
function announce(words) {
  if (element.checkVisibility()) window.announce(element, words);
}

// Draws what is in `root` anew. Who had the focus in there has it again, on the control of its kind at the same place.
function keepingFocus(root, draw) {
  const focused = document.activeElement,
    isAlike = one => one.classList[0] === focused.classList[0],
    alike = () => [...root.querySelectorAll(focused.tagName)].filter(isAlike),
    place = root.contains(focused) ? alike().indexOf(focused) : -1;
  draw();
  if (place < 0 || root.contains(document.activeElement)) return;
  alike()
    .slice(0, place + 1)
    .at(-1)
    ?.focus({ preventScroll: true });
}

// The field's numbers: the first line and the first cell of each line are headings, the corner is none.
function numbers(table) {
  const made = node('table', 'numbers');
  for (const [i, line] of table.entries()) {
    const row = node('tr');
    for (const [j, cell] of line.entries()) {
      const heads = cell && (i === 0 || j === 0),
        one = node(heads ? 'th' : 'td', '', cell);
      if (heads) one.scope = i === 0 ? 'col' : 'row';
      row.append(one);
    }
    made.append(row);
  }
  return made;
}

// How far something is, between 0 and 1, and what it is: the one bar of the page, which a screen reader can read.
function progressBar(share, name) {
  const track = node('div', 'progress');
  const done = node('div', 'done');
  track.setAttribute('role', 'progressbar');
  track.setAttribute('aria-label', name);
  track.setAttribute('aria-valuemin', 0);
  track.setAttribute('aria-valuemax', 100);
  track.show = now => {
    done.style.width = (100 * now).toFixed(1) + '%';
    track.setAttribute('aria-valuenow', Math.round(100 * now));
  };
  track.append(done);
  track.show(share);
  return track;
}

// What is wider than the screen scrolls by itself; while there is more to the right, its edge says so.
function scrolling(name, content) {
  const frame = node('div', 'scrolling'),
    box = node('div', 'scroll');
  box.tabIndex = 0; // so that the arrow keys scroll it
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', name);
  box.append(content);
  frame.append(box);
  const tell = () => {
    frame.classList.toggle('is-wide', box.clientWidth < box.scrollWidth);
    frame.classList.toggle('has-more', box.scrollLeft + box.clientWidth < box.scrollWidth - 4);
  };
  box.onscroll = tell;
  new ResizeObserver(tell).observe(box);
  return frame;
}
