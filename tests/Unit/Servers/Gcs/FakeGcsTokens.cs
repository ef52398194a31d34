using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>The fake's accounts: it gives tokens for what a service account signed, and for a workload's own token.</summary>
internal sealed class FakeGcsTokens(Uri server) : IDisposable
{
    private const string WorkloadToken = "the workload's own token";

    private static readonly string s_pem = MakeKey();

    private readonly Lock _lock = new();
    private readonly RSA _key = ReadKey();
    private readonly HashSet<string> _valid = [];

    /// <summary>How many tokens were given.</summary>
    public int Given { get; private set; }

    /// <summary>Makes all tokens invalid that were given so far.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            _valid.Clear();
        }
    }

    /// <summary>Writes the file of a service account.</summary>
    /// <returns>Its path.</returns>
    public string WriteServiceAccount(string folder, RSA? otherKey = null) => Write(folder, "account.json", new JsonObject
    {
        ["type"] = "service_account",
        ["project_id"] = "project",
        ["private_key_id"] = "1",
        ["private_key"] = (otherKey ?? _key).ExportPkcs8PrivateKeyPem(),
        ["client_email"] = "backup@project.iam.gserviceaccount.com",
        ["client_id"] = "1",
        ["token_uri"] = $"{server}token",
    });

    /// <summary>Writes the file of a workload identity whose own token is in a file beside it.</summary>
    /// <returns>Its path.</returns>
    public string WriteWorkloadIdentity(string folder)
    {
        string own = Path.Combine(folder, "own.txt");
        File.WriteAllText(own, WorkloadToken);
        return Write(folder, "workload.json", new JsonObject
        {
            ["type"] = "external_account",
            ["audience"] = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
            ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
            ["token_url"] = $"{server}sts",
            ["credential_source"] = new JsonObject { ["file"] = own },
        });
    }

    /// <summary>Null if a request may pass.</summary>
    public FakeGcsAnswer? Refusal(FakeGcsRequest request)
    {
        if (request.Header("Authorization") is not { } authorization)
        {
            return FakeGcsAnswer.Error(401, "required", "Anonymous caller does not have access to the bucket.");
        }

        lock (_lock)
        {
            return _valid.Contains(authorization.Replace("Bearer ", string.Empty, StringComparison.Ordinal))
                ? null
                : FakeGcsAnswer.Error(401, "authError", "Invalid Credentials");
        }
    }

    /// <summary>Gives a token for what proves to be an account.</summary>
    public FakeGcsAnswer Exchange(FakeGcsRequest request, byte[] body)
    {
        Dictionary<string, string> form = Encoding.UTF8.GetString(body).Split('&')
            .Select(static pair => pair.Split('='))
            .ToDictionary(static pair => pair[0], static pair => WebUtility.UrlDecode(pair[1]));
        bool isProof = request.Path == "/sts"
            ? form["subject_token"] == WorkloadToken && form["scope"].Length > 0
            : IsSigned(form["assertion"]);
        if (!isProof)
        {
            return new FakeGcsAnswer(HttpStatusCode.BadRequest, Encoding.UTF8.GetBytes(
                """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"""));
        }

        lock (_lock)
        {
            string token = $"token-{++Given}";
            _valid.Add(token);
            return FakeGcsAnswer.Json(new JsonObject
            {
                ["access_token"] = token,
                ["expires_in"] = 3600,
                ["token_type"] = "Bearer",
                ["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
            });
        }
    }

    public void Dispose() => _key.Dispose();

    private static string Write(string folder, string name, JsonObject content)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, content.ToJsonString());
        return path;
    }

    // Made once for all servers: it takes its time.
    private static string MakeKey()
    {
        using RSA key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static RSA ReadKey()
    {
        RSA key = RSA.Create();
        key.ImportFromPem(s_pem);
        return key;
    }

    private bool IsSigned(string assertion)
    {
        string[] parts = assertion.Split('.');
        JsonNode claims = JsonNode.Parse(Decode(parts[1]))!;
        return claims["scope"]!.GetValue<string>().Contains("devstorage", StringComparison.Ordinal)
            && _key.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Decode(parts[2]),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1);
    }

    private static byte[] Decode(string text) => Base64Url.DecodeFromChars(text);
}
