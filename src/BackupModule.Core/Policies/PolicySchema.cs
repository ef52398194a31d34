using System;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using BackupModule.Core.Retention;

namespace BackupModule.Core.Policies;

/// <summary>The schema of a policy's document, for editors and validators: JSON Schema, draft 2020-12.</summary>
public static class PolicySchema
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    private static readonly JsonSchemaExporterOptions s_options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    };

    /// <summary>The schema.</summary>
    public static string Write()
    {
        JsonObject schema = (JsonObject)PolicyJson.DocumentType.GetJsonSchemaAsNode(s_options);
        schema.Insert(0, "$schema", Draft);
        schema.Insert(1, "title", "A policy of BackupModule");
        return schema.ToJsonString(new JsonSerializerOptions(PolicyJson.DocumentType.Options));
    }

    // What has a converter of its own is opaque to the exporter.
    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type.IsEnum)
        {
            return new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(static name => (JsonNode)name)]) };
        }

        if (type == typeof(TimeSpan))
        {
            return Text("A length of time: 30s, 15m, 1h, 2d, 1w.");
        }

        if (type == typeof(RetentionRules) && !context.TypeInfo.Properties.Any())
        {
            JsonNode rules = RetentionRulesJson.DescribeSchema(s_options);

            // A reference to the top means the rules there, and the policy here.
            rules["properties"]!["byKind"]!["additionalProperties"] = new JsonObject { ["type"] = "object" };
            return rules;
        }

        return type.GetInterfaces().Any(static face =>
            face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ISpelled<>))
            ? Text("As docs/retention.md spells it.")
            : schema;
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
}
