using System;
using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Policies;

/// <summary>Policies as documents of JSON: indented for people, members in one order, only what a policy says itself.
/// </summary>
public static class PolicyJson
{
    // The document is a file of its own, never part of a web page: names and commands stay readable.
    private static readonly JsonTypeInfo<PolicyDocument> s_type =
        (JsonTypeInfo<PolicyDocument>)new JsonSerializerOptions(PolicyJsonContext.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = PolicyJsonContext.Default.WithAddedModifier(LeaveOutDefaults),
        }.GetTypeInfo(typeof(PolicyDocument));

    /// <summary>How documents are written.</summary>
    internal static JsonTypeInfo DocumentType => s_type;

    /// <summary>The document of a policy. When it was changed is not in it.</summary>
    public static string Write(BackupPolicy policy) => JsonSerializer.Serialize(
        new PolicyDocument { Name = policy.Name, BasedOn = policy.BasedOn, Settings = policy.Settings }, s_type);

    /// <summary>The policy of a document.</summary>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>: the document is none, with the place that is wrong as a path
    /// of JSON.</exception>
    public static BackupPolicy Read(string document)
    {
        try
        {
            PolicyDocumentCheck.Validate(JsonElement.Parse(document), s_type);
            PolicyDocument read = JsonSerializer.Deserialize(document, s_type)!;
            return new BackupPolicy { Name = read.Name, BasedOn = read.BasedOn, Settings = read.Settings };
        }
        catch (JsonException failure)
        {
            throw new BackupException(
                BackupErrorKind.PolicyInvalid,
                $"The policy's document is not valid{PlaceOf(failure)}: {failure.Message}",
                "Correct the document, or write one with Export-BackupPolicy to compare it with.",
                failure);
        }
    }

    /// <summary>A part of a document, such as a component.</summary>
    /// <param name="type">The part's type.</param>
    /// <param name="json">Its JSON.</param>
    /// <exception cref="BackupException"><c>PolicyInvalid</c>: it is no such part.</exception>
    public static object ReadPart(Type type, string json)
    {
        try
        {
            JsonTypeInfo part = s_type.Options.GetTypeInfo(type);
            PolicyDocumentCheck.Validate(JsonElement.Parse(json), part);
            return JsonSerializer.Deserialize(json, part)!;
        }
        catch (JsonException failure)
        {
            throw new BackupException(
                BackupErrorKind.PolicyInvalid, $"This is not a {type.Name}{PlaceOf(failure)}: {failure.Message}", null, failure);
        }
    }

    private static string PlaceOf(JsonException failure) =>
        failure.Path is { Length: > 0 } path ? $" at {path}" : string.Empty;

    // Of settings, an empty list or false says something else than nothing does; elsewhere it is the default.
    private static void LeaveOutDefaults(JsonTypeInfo type)
    {
        if (type.Type == typeof(PolicySettings))
        {
            return;
        }

        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property is { IsRequired: false } && Nullable.GetUnderlyingType(property.PropertyType) is null)
            {
                property.ShouldSerialize = static (_, value) => value is not (null or false or 0d or ICollection { Count: 0 });
            }
        }
    }
}
