using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>Records as documents of JSON. Members that only a newer version of the module knows are passed over when a
/// document is read, and kept when it is replaced.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="type">How it is written.</param>
internal sealed class StoredDocument<T>(JsonTypeInfo<T> type)
    where T : class
{
    /// <summary>The document of a record.</summary>
    public string Write(T record) => JsonSerializer.Serialize(record, type);

    /// <summary>The document of a record in the place of another one.</summary>
    public string Write(T record, string before)
    {
        JsonNode? node = JsonSerializer.SerializeToNode(record, type);
        if (node is JsonObject document && Parse(before) is JsonObject old)
        {
            KeepUnknown(document, old);
        }

        return node!.ToJsonString();
    }

    /// <summary>The record of a document.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public T Read(string document) =>
        JsonSerializer.Deserialize(document, type) ?? throw new JsonException("The document is null.");

    private static JsonNode? Parse(string document)
    {
        try
        {
            return JsonNode.Parse(document);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void KeepUnknown(JsonObject document, JsonObject old)
    {
        foreach ((string name, JsonNode? value) in old)
        {
            if (!document.TryGetPropertyValue(name, out JsonNode? present))
            {
                document[name] = value?.DeepClone();
            }
            else if (present is JsonObject inner && value is JsonObject oldInner)
            {
                KeepUnknown(inner, oldInner);
            }
        }
    }
}
