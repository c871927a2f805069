/** Columns of a text of the command line's help, which is plain ASCII. */
export default function textWidth(text) {
  return text.length;
}
