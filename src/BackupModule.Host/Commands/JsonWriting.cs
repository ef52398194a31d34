using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace BackupModule.Host.Commands;

/// <summary>Writes objects as JSON by the rules of ConvertTo-Json.</summary>
internal sealed class JsonWriting(Utf8JsonWriter writer, int maximumDepth, bool enumsAsStrings)
{
    public void Write(object? value, int depth = 0)
    {
        object? raw = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        switch (raw)
        {
            case null or DBNull:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case DateTime or DateTimeOffset or Guid or Version or Uri or char:
                writer.WriteStringValue(TextOf(raw));
                break;
            case Enum when enumsAsStrings:
                writer.WriteStringValue(raw.ToString());
                break;
            case Enum:
                writer.WriteNumberValue(Convert.ToInt64(raw, CultureInfo.InvariantCulture));
                break;
            case byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal:
            case BigInteger:
                WriteNumber(raw);
                break;
            default:
                WriteComposite(value!, raw, depth);
                break;
        }
    }

    private static string TextOf(object value) => value switch
    {
        DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private void WriteNumber(object number)
    {
        switch (number)
        {
            case double.NaN or double.PositiveInfinity or double.NegativeInfinity:
            case float.NaN or float.PositiveInfinity or float.NegativeInfinity:
                writer.WriteStringValue(((IFormattable)number).ToString(null, CultureInfo.InvariantCulture));
                break;
            case double value:
                writer.WriteNumberValue(value);
                break;
            case float value:
                writer.WriteNumberValue(value);
                break;
            case BigInteger value:
                writer.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteNumberValue(Convert.ToDecimal(number, CultureInfo.InvariantCulture));
                break;
        }
    }

    private void WriteComposite(object value, object raw, int depth)
    {
        if (depth > maximumDepth)
        {
            writer.WriteStringValue(LanguagePrimitives.ConvertTo<string>(value));
        }
        else if (raw is IDictionary table)
        {
            WriteProperties(table.Keys.Cast<object>().Select(key => ($"{key}", table[key])), depth);
        }
        else if (raw is IEnumerable list)
        {
            writer.WriteStartArray();
            foreach (object? item in list)
            {
                Write(item, depth + 1);
            }

            writer.WriteEndArray();
        }
        else
        {
            WriteProperties(PSObject.AsPSObject(value).Properties.Select(item => (item.Name, ValueOf(item))), depth);
        }
    }

    private void WriteProperties(IEnumerable<(string Name, object? Value)> properties, int depth)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in properties)
        {
            writer.WritePropertyName(name);
            Write(value, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }
}
