using System;
using System.Collections.Generic;
using System.Text.Json;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>Reads the attributes of a node, which few nodes have.</summary>
internal static class AttributeJson
{
    /// <summary>Reads the extended attributes, in their order.</summary>
    public static List<ExtendedAttribute> ReadExtended(ref Utf8JsonReader reader)
    {
        List<ExtendedAttribute> attributes = [];
        TreeDecoder.Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            TreeDecoder.Expect(ref reader, JsonTokenType.StartObject);
            string name = string.Empty;
            byte[] value = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isName = reader.ValueTextEquals("name"u8);
                bool isValue = reader.ValueTextEquals("value"u8);
                reader.Read();
                if (isName)
                {
                    name = reader.GetString() ?? throw new FormatException("an attribute has no name.");
                }
                else if (isValue && reader.TokenType != JsonTokenType.Null)
                {
                    value = reader.GetBytesFromBase64();
                }
                else
                {
                    reader.Skip();
                }
            }

            attributes.Add(new ExtendedAttribute(name, value));
        }

        return attributes;
    }

    /// <summary>Reads the platform attributes, each value as raw JSON.</summary>
    public static List<KeyValuePair<string, string>> ReadGeneric(ref Utf8JsonReader reader)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        List<KeyValuePair<string, string>> attributes = [];
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            attributes.Add(new KeyValuePair<string, string>(property.Name, property.Value.GetRawText()));
        }

        return attributes;
    }
}
