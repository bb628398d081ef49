// The address of one of the server's plain routes, also behind a prefix: on the page's own server, whatever name and
// port that one believes to have.
window.routeTo = name => {
  const root = new URL(window.gradio_config?.root || '.', window.location.href).pathname;
  return new URL(root.replace(/\/?$/, '/') + 'ans/' + name, window.location.origin);
};
