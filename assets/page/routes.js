// The address of one of the server's plain routes, also behind a prefix.
window.routeTo = name => {
  const root = (window.gradio_config?.root || window.location.href).split(/[?#]/)[0];
  return new URL('ans/' + name, root.replace(/\/?$/, '/'));
};
