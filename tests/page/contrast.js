// Returns each text, and each field's edge, that stands out too little from what is behind it.
// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const luminance = (colour) => {
  const [red, green, blue] = channels(colour).slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const ratio = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (channels(colour)[3] !== 0) return colour;
  }
  return "rgb(255, 255, 255)";
};
const faint = [];
for (const element of document.body.querySelectorAll("*:not(script)")) {
  const style = getComputedStyle(element);
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  // WCAG leaves out what is disabled, and asks for nothing where nothing is seen.
  if (element.closest("[aria-disabled=true], .hidden") || !element.checkVisibility()) continue;
  if (own && ratio(style.color, behind(element)) < 4.5) {
    faint.push(`${element.tagName} ${element.textContent.trim().slice(0, 40)}: ${style.color}`);
  }
  if (element.matches("input:not([type=checkbox]), textarea, select")
      && ratio(style.borderTopColor, behind(element.parentElement)) < 3) {
    faint.push(`the edge of ${element.id}: ${style.borderTopColor}`);
  }
}
return faint;
