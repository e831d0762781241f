{{- define "tagwarden.name" -}}
{{- if contains "tagwarden" .Release.Name }}{{ .Release.Name | trunc 53 | trimSuffix "-" }}{{ else }}{{ printf "%s-tagwarden" .Release.Name | trunc 53 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "tagwarden.selector" -}}
app.kubernetes.io/name: tagwarden
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tagwarden.labels" -}}
{{ include "tagwarden.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: tagwarden
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* A janitor must not delete itself. */}}
{{- define "tagwarden.protection" -}}
tagwarden.io/protect: "true"
{{- end }}

{{- define "tagwarden.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "tagwarden.name" .) }}
{{- end }}

{{- define "tagwarden.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}
