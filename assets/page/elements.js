// Stands before the script of every `PageComponent` (ans/ui/components.py). User text reaches the page through `text`
// alone, never as HTML.
function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// A colour of ans/ui/theme.py as it is now, light or dark, for what takes no custom properties.
function colour(name) {
  return getComputedStyle(element).getPropertyValue('--' + name).trim();
}

// The field's numbers: the first line and the first cell of each line are headings.
function numbers(table) {
  const made = node('table', 'numbers');
  for (const [i, line] of table.entries()) {
    const row = node('tr');
    for (const [j, cell] of line.entries()) row.append(node(i === 0 || j === 0 ? 'th' : 'td', '', cell));
    made.append(row);
  }
  return made;
}

// How far something is, between 0 and 1: the one bar of the page, which a screen reader can read.
function progressBar(share) {
  const track = node('div', 'progress');
  const done = node('div', 'done');
  done.style.width = (100 * share).toFixed(1) + '%';
  track.setAttribute('role', 'progressbar');
  track.setAttribute('aria-valuemin', 0);
  track.setAttribute('aria-valuemax', 100);
  track.setAttribute('aria-valuenow', Math.round(100 * share));
  track.append(done);
  return track;
}
