using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BackupModule.Core.Policies;

/// <summary>Looks through a document for what does not belong there, and says so in words of the document; the serialiser's
/// own are about types of .NET.</summary>
internal static class PolicyDocumentCheck
{
    private const string VersionName = "schemaVersion";

    /// <summary>Checks a document's version, members and kinds of values.</summary>
    /// <exception cref="JsonException">Something does not belong there.</exception>
    public static void Validate(JsonElement document, JsonTypeInfo type)
    {
        if (document.ValueKind == JsonValueKind.Object
            && document.TryGetProperty(VersionName, out JsonElement version)
            && version.ValueKind == JsonValueKind.Number
            && !(version.TryGetInt32(out int number) && number == PolicyDocument.CurrentVersion))
        {
            throw Fault(
                "$." + VersionName,
                $"the version is {version}, and this module knows {PolicyDocument.CurrentVersion}; a newer one may know it.");
        }

        ValidateValue(document, type, "$");
    }

    private static void ValidateValue(JsonElement value, JsonTypeInfo type, string path)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                Require(value, JsonValueKind.Object, "an object", path);
                ValidateMembers(value, type, path);
                break;
            case JsonTypeInfoKind.Enumerable:
                Require(value, JsonValueKind.Array, "a list", path);
                JsonTypeInfo element = type.Options.GetTypeInfo(type.ElementType!);
                foreach ((int place, JsonElement item) in value.EnumerateArray().Index())
                {
                    ValidateValue(item, element, $"{path}[{place}]");
                }

                break;
            case JsonTypeInfoKind.Dictionary:
                Require(value, JsonValueKind.Object, "an object", path);
                JsonTypeInfo inner = type.Options.GetTypeInfo(type.ElementType!);
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    ValidateValue(member.Value, inner, $"{path}.{member.Name}");
                }

                break;
            default:
                ValidateLeaf(value, Nullable.GetUnderlyingType(type.Type) ?? type.Type, path);
                break;
        }
    }

    private static void ValidateMembers(JsonElement value, JsonTypeInfo type, string path)
    {
        HashSet<string> seen = [];
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!seen.Add(member.Name))
            {
                throw Fault($"{path}.{member.Name}", "the member is there twice.");
            }

            JsonPropertyInfo property = type.Properties.FirstOrDefault(known => known.Name == member.Name)
                ?? throw Fault(
                    $"{path}.{member.Name}",
                    "the member is not known; known here are "
                        + $"{string.Join(", ", type.Properties.Select(known => known.Name))}.");
            if (member.Value.ValueKind != JsonValueKind.Null || !TakesNull(property))
            {
                ValidateValue(member.Value, type.Options.GetTypeInfo(property.PropertyType), $"{path}.{member.Name}");
            }
        }

        if (type.Properties.FirstOrDefault(known => known.IsRequired && !seen.Contains(known.Name)) is { } missing)
        {
            throw Fault(path, $"the member '{missing.Name}' is missing.");
        }
    }

    private static bool TakesNull(JsonPropertyInfo property) => property.PropertyType.IsValueType
        ? Nullable.GetUnderlyingType(property.PropertyType) is not null
        : property.IsSetNullable;

    private static void ValidateLeaf(JsonElement value, Type type, string path)
    {
        if (type == typeof(bool))
        {
            if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                throw Fault(path, "true or false is expected.");
            }
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            Require(value, JsonValueKind.Number, "a whole number", path);
            if (!value.TryGetInt64(out long number) || (type == typeof(int) && number != (int)number))
            {
                throw Fault(path, "a whole number is expected.");
            }
        }
        else if (type == typeof(double))
        {
            Require(value, JsonValueKind.Number, "a number", path);
        }
        else if (type == typeof(string) || type == typeof(TimeSpan) || type.IsEnum)
        {
            Require(value, JsonValueKind.String, "a text", path);
        }
    }

    private static void Require(JsonElement value, JsonValueKind kind, string expected, string path)
    {
        if (value.ValueKind != kind)
        {
            throw Fault(path, $"{expected} is expected.");
        }
    }

    private static JsonException Fault(string path, string message) =>
        new(message, path, lineNumber: null, bytePositionInLine: null);
}
