using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using BackupModule.Core.Policies;
using BackupModule.Core.Retention;
using Xunit;

namespace BackupModule.Tests.Policies;

public sealed class PolicySchemaTests : IDisposable
{
    private const string Validator = "/usr/bin/jsonschema";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_published_schema_is_that_of_the_documents()
    {
        string published = Path.GetFullPath(Path.Combine(TestsFolder(), "../../../docs/policy.schema.json"));
        if (Environment.GetEnvironmentVariable("UPDATE_SURFACE") == "1")
        {
            File.WriteAllText(published, PolicySchema.Write() + "\n");
        }

        Assert.Equal(File.ReadAllText(published), PolicySchema.Write() + "\n");
    }

    [Theory]
    [InlineData("""{"schemaVersion":1,"name":"a"}""", true)]
    [InlineData("""{"$schema":"policy.schema.json","schemaVersion":1,"name":"a","settings":{"enabled":false}}""", true)]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"hooks":[{"stage":"PreBackup","command":"x","timeLimit":"5m"}]}}""", true)]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"retention":{"keepDaily":7,"rotations":["every 6h for 2d"]}}}""", true)]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"retention":{"keepDaily":7,"byKind":{"hourly":{"keepLast":3}}}}}""", true)]
    [InlineData("""{"name":"a"}""", false)]
    [InlineData("""{"schemaVersion":1,"name":"a","colour":"red"}""", false)]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"components":[{"component":"Coed"}]}}""", false)]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"components":[{"paths":["/a"]}]}}""", false)]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"retention":{"keepDally":7}}}""", false)]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"enabled":"no"}}""", false)]
    public void A_validator_judges_documents_as_the_module_does(string document, bool isValid)
    {
        Assert.SkipUnless(File.Exists(Validator), "needs jsonschema");
        File.WriteAllText(_folder["schema.json"], PolicySchema.Write());
        File.WriteAllText(_folder["policy.json"], document);

        string verdict = Encoding.UTF8.GetString(Shell.Run(
            $"{Validator} -i policy.json schema.json > errors 2>&1 && echo valid || echo invalid", _folder.Path)).Trim();

        Assert.True(verdict == (isValid ? "valid" : "invalid"), File.ReadAllText(_folder["errors"]));
        Assert.Equal(isValid, Record.Exception(() => PolicyJson.Read(document)) is null);
    }

    [Fact]
    public void What_the_module_writes_is_valid()
    {
        Assert.SkipUnless(File.Exists(Validator), "needs jsonschema");
        File.WriteAllText(_folder["schema.json"], PolicySchema.Write());
        File.WriteAllText(_folder["policy.json"], PolicyJson.Write(new BackupPolicy
        {
            Name = "shop",
            Settings = PolicyDefaults.Settings with
            {
                CopyRetention = new Dictionary<string, RetentionRules> { ["offsite"] = new() { KeepMonthly = 36 } },
                RecoveryTargets = RecoveryTargets.Of(RecoveryClass.Critical),
                ExpectedSize = new SizeRange(1, 2),
                Restart = [new RestartAction(Service: "shop")],
            },
        }));

        Shell.Run($"{Validator} -i policy.json schema.json", _folder.Path);
    }

    private static string TestsFolder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
