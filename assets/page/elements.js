// Stands before every component's script. User text reaches the page through `text` alone, never as HTML.
function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
