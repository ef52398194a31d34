using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>Metrics as JSON.</summary>
public static class MetricJson
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n" };

    /// <summary>An object with the time of collecting, and the metrics with their values, ended by a line feed.</summary>
    public static string Write(IEnumerable<MetricFamily> families, DateTimeOffset collectedAt)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("collectedAt"u8, collectedAt.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteStartArray("metrics"u8);
            foreach (MetricFamily family in families)
            {
                Write(writer, family);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, MetricFamily family)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, family.Name);
        writer.WriteString("type"u8, "gauge"u8);
        writer.WriteString("help"u8, family.Help);
        writer.WriteStartArray("samples"u8);
        foreach (MetricSample sample in family.Samples)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("labels"u8);
            foreach (MetricLabel label in sample.Labels)
            {
                writer.WriteString(label.Name, label.Value);
            }

            writer.WriteEndObject();
            writer.WriteNumber("value"u8, sample.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
