// Text inside Prometheus' templates: labels and annotations of an alert are templates, whatever a definition's author meant.

/** Text that is not read as a template. */
export function escapeTemplate(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
