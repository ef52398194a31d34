using System.Collections.Generic;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>An answer of the fake.</summary>
internal sealed record FakeGcsAnswer(HttpStatusCode Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static FakeGcsAnswer Json(JsonNode body) => new(HttpStatusCode.OK, Encoding.UTF8.GetBytes(body.ToJsonString()))
    {
        Headers = new Dictionary<string, string> { ["Content-Type"] = "application/json; charset=UTF-8" },
    };

    /// <summary>An error in the API's form.</summary>
    public static FakeGcsAnswer Error(int status, string reason, string message) => Json(new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = status,
            ["message"] = message,
            ["errors"] = new JsonArray(new JsonObject
            {
                ["message"] = message,
                ["domain"] = "global",
                ["reason"] = reason,
            }),
        },
    }) with
    {
        Status = (HttpStatusCode)status,
    };

    public static FakeGcsAnswer NoBucket() => Error(404, "notFound", "The specified bucket does not exist.");

    public static FakeGcsAnswer NoObject(string bucket, string name) =>
        Error(404, "notFound", $"No such object: {bucket}/{name}");

    public static FakeGcsAnswer ConditionNotMet() => Error(
        412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
}
