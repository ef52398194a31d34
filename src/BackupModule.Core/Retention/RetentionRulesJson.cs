using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Retention;

/// <summary>Rules as an object of JSON: members in camel case, durations and rotation rules as people write them.</summary>
public static class RetentionRulesJson
{
    /// <summary>The JSON of rules; what they do not say is left out.</summary>
    public static string Write(RetentionRules rules) =>
        JsonSerializer.Serialize(rules, RetentionJsonContext.Default.RetentionRules);

    /// <summary>Reads and validates rules.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it is no such JSON, it has a member that is not known, or
    /// see <see cref="RetentionRules.Validate()"/>.</exception>
    public static RetentionRules Read(string json)
    {
        try
        {
            RetentionRules? rules = JsonSerializer.Deserialize(json, RetentionJsonContext.Default.RetentionRules);
            return (rules ?? throw new JsonException("There is nothing in it.")).Validate();
        }
        catch (JsonException failure)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The retention rules cannot be read: {failure.Message}",
                "docs/retention.md shows how rules are written.",
                failure);
        }
    }

    /// <summary>The JSON schema of rules.</summary>
    internal static JsonNode DescribeSchema(JsonSchemaExporterOptions options) =>
        RetentionJsonContext.Default.RetentionRules.GetJsonSchemaAsNode(options);
}
