const GAP = 4;
const EDGE = 8;

/** Puts a popover below its button (above where there is no room), inside the window, on the button's starting side. */
export function place(popover: HTMLElement, button: HTMLElement): void {
  const anchor = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = anchor.bottom + GAP;
  const fits = below + height <= innerHeight - EDGE || anchor.top < height + GAP;
  const rtl = document.documentElement.dir === 'rtl';
  let left = rtl ? anchor.right - width : anchor.left;
  // Near the edge the other side of the button is the better one.
  if (left + width > innerWidth - EDGE) left = anchor.right - width;
  if (left < EDGE) left = Math.min(anchor.left, innerWidth - width - EDGE);
  popover.style.left = `${Math.max(EDGE, left)}px`;
  popover.style.top = `${fits ? below : anchor.top - height - GAP}px`;
}
