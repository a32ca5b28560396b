// What is too narrow to be read, what stands out of the window, and texts of a contrast under 4.5.
(() => {
  const found = []
  if (document.documentElement.scrollWidth > innerWidth) found.push('wider than the window: ' + document.documentElement.scrollWidth)
  const light = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).map((v, i) => i > 2 ? 0 : (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    return .2126 * r + .7152 * g + .0722 * b
  }
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor
      if (!/, 0\)$|transparent/.test(color)) return color
    }
    return 'rgb(255, 255, 255)'
  }
  for (const node of document.querySelectorAll('body *')) {
    const text = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.textContent.trim()).join('')
    if (!text && node.tagName !== 'INPUT' || !node.checkVisibility()) continue
    const [a, b] = [light(getComputedStyle(node).color), light(behind(node))]
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05)
    if (contrast < 4.5) found.push('contrast ' + contrast.toFixed(1) + ': ' + text)
    if (node.closest('.row') && text.length > 8 && node.getBoundingClientRect().width < 60) found.push('narrow: ' + text)
  }
  return found
})()
