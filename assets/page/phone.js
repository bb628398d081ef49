// On a phone the verdict comes into view: a tap on an example, or on the text box, brings the box to the top of the
// screen, and so the verdict right below it, above the keyboard.
(() => {
  const phone = window.matchMedia('(max-width: 700px)'),
    BOX = '#query textarea',
    STARTS = `${BOX}, #examples button, #known .row`;

  function show() {
    const box = document.querySelector('#query');
    // At once: what grows on the page while it glides would leave it half-way.
    if (phone.matches && box) box.scrollIntoView({ block: 'start', behavior: 'instant' });
  }
  document.addEventListener('click', event => {
    if (event.target.closest?.(STARTS)) show();
  });
  document.addEventListener('input', event => {
    if (event.target.matches?.(BOX)) show();
  });

  // The keyboard has come up. The bars of a browser that hide and return, and a pinch, change the height, too.
  const screen = window.visualViewport,
    KEYBOARD = 150; // pixels: less than any, and more than bars
  let width = screen?.width,
    tallest = screen?.height,
    isUp = false;
  screen?.addEventListener('resize', () => {
    if (screen.scale !== 1) return;
    tallest = screen.width === width ? Math.max(tallest, screen.height) : screen.height; // else it was turned
    width = screen.width;
    const wasUp = isUp;
    isUp = tallest - screen.height > KEYBOARD;
    if (isUp && !wasUp && document.activeElement?.matches(BOX)) show();
  });
})();
