using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Binding;

/// <summary>Hashtables as JSON, in the spelling that a type's documents have: member names in any case, single values where a
/// list is wanted, lengths of time as time spans or text.</summary>
internal static class HashtableJson
{
    /// <summary>The document.</summary>
    /// <param name="table">Members by name.</param>
    /// <param name="type">The type whose document it is.</param>
    public static string Write(IDictionary table, Type type) => ToObject(table, type).ToJsonString();

    private static JsonObject ToObject(IDictionary table, Type? type)
    {
        JsonObject json = [];
        foreach (DictionaryEntry member in table)
        {
            string name = Convert.ToString(member.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            PropertyInfo? known = type?.GetProperty(name, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance);
            json[known is null && IsMap(type) ? name : JsonNamingPolicy.CamelCase.ConvertName(known?.Name ?? name)] =
                ToNode(member.Value, known?.PropertyType ?? ElementOf(type));
        }

        return json;
    }

    private static JsonNode? ToNode(object? value, Type? type)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        Type? element = IsMap(type) ? null : ElementOf(type);
        return bare switch
        {
            null => null,
            IDictionary table when element is null => ToObject(table, type),
            IEnumerable items and not (string or IDictionary) => new JsonArray(
                [.. items.Cast<object?>().Select(item => ToNode(item, element))]),
            _ when element is not null => new JsonArray(ToNode(bare, element)),
            bool flag => JsonValue.Create(flag),
            TimeSpan span => JsonValue.Create(Duration.Format(span)),
            DateTimeOffset time => JsonValue.Create(time),
            DateTime time => JsonValue.Create(new DateTimeOffset(time)),
            sbyte or byte or short or ushort or int or uint or long => JsonValue.Create(
                Convert.ToInt64(bare, CultureInfo.InvariantCulture)),
            float or double or decimal => JsonValue.Create(Convert.ToDouble(bare, CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(Convert.ToString(bare, CultureInfo.InvariantCulture)),
        };
    }

    private static bool IsMap(Type? type) =>
        type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>);

    // What a list or map holds; null for anything else.
    private static Type? ElementOf(Type? type) => type is { IsGenericType: true }
        && (IsMap(type) || type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        ? type.GetGenericArguments()[^1]
        : null;
}
