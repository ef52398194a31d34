using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Retention;
using BackupModule.Core.Scanning;
using BackupModule.Core.Scheduling;
using Xunit;

namespace BackupModule.Tests.Policies;

public sealed class PolicyJsonTests
{
    [Fact]
    public void Every_property_survives()
    {
        int values = 0;
        BackupPolicy policy = new()
        {
            Name = "shop",
            BasedOn = "base",
            Settings = (PolicySettings)Fill(typeof(PolicySettings), ref values),
        };

        BackupPolicy read = PolicyJson.Read(PolicyJson.Write(policy));

        Assert.Equal(JsonSerializer.Serialize(policy), JsonSerializer.Serialize(read));
        Assert.True(values > 60, $"Only {values} values were filled in.");
    }

    [Fact]
    public void The_document_is_for_people()
    {
        BackupPolicy policy = new()
        {
            Name = "shop",
            BasedOn = "default",
            ChangedAt = DateTimeOffset.UnixEpoch,
            Settings = new PolicySettings
            {
                Description = "Ümläute & <tags> 'n' more",
                Enabled = false,
                CopyTo = [],
                Components =
                [
                    new PolicyComponent { Component = BackupComponent.Code, Paths = ["/var/www/shop"] },
                ],
                Exclude = new ExcludeOptions { Patterns = ["*.tmp"], ExcludeCaches = true },
                Schedule =
                [
                    new ScheduleEntry { Name = "daily", Kind = BackupKind.Daily, Full = true, Cron = "0 3 * * *" },
                ],
                Hooks = [new PolicyHook { Stage = HookStage.PreBackup, Command = "sync", TimeLimit = TimeSpan.FromSeconds(90) }],
            },
        };

        Assert.Equal(
            """
            {
              "schemaVersion": 1,
              "name": "shop",
              "basedOn": "default",
              "settings": {
                "description": "Ümläute & <tags> 'n' more",
                "enabled": false,
                "copyTo": [],
                "components": [
                  {
                    "component": "Code",
                    "paths": [
                      "/var/www/shop"
                    ]
                  }
                ],
                "exclude": {
                  "patterns": [
                    "*.tmp"
                  ],
                  "excludeCaches": true
                },
                "schedule": [
                  {
                    "name": "daily",
                    "job": "Backup",
                    "kind": "Daily",
                    "full": true,
                    "cron": "0 3 * * *",
                    "jitter": "0s"
                  }
                ],
                "hooks": [
                  {
                    "stage": "PreBackup",
                    "command": "sync",
                    "timeLimit": "90s"
                  }
                ]
              }
            }
            """,
            PolicyJson.Write(policy));
    }

    [Fact]
    public void What_is_not_said_stays_apart_from_what_is_empty()
    {
        BackupPolicy nothing = PolicyJson.Read("""{"schemaVersion":1,"name":"a"}""");
        Assert.Equal(new PolicySettings(), nothing.Settings);
        Assert.Null(nothing.BasedOn);

        PolicySettings empty = PolicyJson.Read(PolicyJson.Write(
            nothing with { Settings = new PolicySettings { CopyTo = [], Hooks = [], Enabled = false } })).Settings;
        Assert.Empty(empty.CopyTo!);
        Assert.Empty(empty.Hooks!);
        Assert.False(empty.Enabled);
        Assert.Null(empty.Components);
    }

    [Fact]
    public void What_a_document_leaves_out_has_its_default()
    {
        PolicySettings settings = PolicyJson.Read(
            """
            {"schemaVersion":1,"name":"a","settings":{
                "components":[{"component":"Uploads"}],
                "exclude":{},
                "schedule":[{"name":"x","cron":"@daily"}],
                "hooks":[{"stage":"PostBackup","command":"c"}],
                "restart":[{}],
                "expectedSize":{}}}
            """).Settings;

        PolicySettings expected = new()
        {
            Components = [new PolicyComponent { Component = BackupComponent.Uploads }],
            Exclude = new ExcludeOptions(),
            Schedule = [new ScheduleEntry { Name = "x", Cron = "@daily" }],
            Hooks = [new PolicyHook { Stage = HookStage.PostBackup, Command = "c" }],
            Restart = [new RestartAction()],
            ExpectedSize = new SizeRange(),
        };
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(settings));
    }

    [Fact]
    public void Names_of_members_of_enumerations_are_read_whatever_their_case() => Assert.Equal(
        RecoveryClass.NonCritical,
        PolicyJson.Read("""{"schemaVersion":1,"name":"a","settings":{"recoveryClass":"noncritical"}}""").Settings.RecoveryClass);

    [Theory]
    [InlineData("""{"schemaVersion":1,"name":"a",}""", "LineNumber: 0")]
    [InlineData("""[]""", "at $: an object")]
    [InlineData("""{"schemaVersion":2,"name":"a","new":1}""", "at $.schemaVersion: the version is 2")]
    [InlineData("""{"schemaVersion":"1","name":"a"}""", "at $.schemaVersion: a whole number")]
    [InlineData("""{"name":"a"}""", "'schemaVersion' is missing")]
    [InlineData("""{"schemaVersion":1}""", "at $: the member 'name' is missing")]
    [InlineData("""{"schemaVersion":1,"name":null}""", "at $.name: a text")]
    [InlineData("""{"schemaVersion":1,"name":"a","name":"b"}""", "at $.name: the member is there twice")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":null}""", "at $.settings: an object")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"colour":1}}""", "at $.settings.colour: the member is not known")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"Enabled":true}}""", "at $.settings.Enabled")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"enabled":"yes"}}""", "at $.settings.enabled: true or false")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"compressionLevel":1.5}}""", "at $.settings.compressionLevel: a whole")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"compressionLevel":9999999999}}""", "compressionLevel: a whole")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"copyTo":"b"}}""", "at $.settings.copyTo: a list")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"copyTo":["b",null]}}""", "at $.settings.copyTo[1]: a text")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"components":[{}]}}""", "at $.settings.components[0]: the member 'component'")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"components":[{"component":"Coed"}]}}""", "at $.settings.components[0].component: 'Coed' is none of Files, Code")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"components":[{"component":1}]}}""", "at $.settings.components[0].component: a text")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"components":[{"component":"Code","paths":null}]}}""", "at $.settings.components[0].paths: a list")]
    [InlineData("""{"schemaVersion":1,"name":"a","settings":{"hooks":[{"stage":"PreBackup","command":"x","timeLimit":"soon"}]}}""", "at $.settings.hooks[0].timeLimit: 'soon' is no length of time")]
    public void A_document_that_is_wrong_is_refused_with_the_place(string document, string reason)
    {
        BackupException failure = Assert.Throws<BackupException>(() => PolicyJson.Read(document));

        Assert.Equal(BackupErrorKind.PolicyInvalid, failure.Kind);
        Assert.Contains(reason, failure.Message);
        Assert.DoesNotContain("BackupModule.Core", failure.Message);
    }

    // A value that differs from the default of whatever property has the type.
    private static object Fill(Type type, ref int values)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        values++;
        if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            Array list = Array.CreateInstance(plain.GetGenericArguments()[0], 2);
            list.SetValue(Fill(plain.GetGenericArguments()[0], ref values), 0);
            list.SetValue(Fill(plain.GetGenericArguments()[0], ref values), 1);
            return list;
        }

        if (plain == typeof(IReadOnlyDictionary<string, RetentionRules>))
        {
            return new Dictionary<string, RetentionRules>
            {
                ["offsite"] = (RetentionRules)Fill(typeof(RetentionRules), ref values),
            };
        }

        return plain switch
        {
            // The rules' own tests have every one of them.
            _ when plain == typeof(RetentionRules) =>
                new RetentionRules { KeepDaily = values, Rotations = [RotationRule.Parse("every 6h for 2d")] },
            _ when plain == typeof(string) => $"text {values}",
            _ when plain == typeof(bool) => true,
            _ when plain == typeof(int) => values,
            _ when plain == typeof(long) => (long)int.MaxValue + values,
            _ when plain == typeof(double) => values / 1024.0,
            _ when plain == typeof(TimeSpan) => TimeSpan.FromSeconds(100_000 + values),
            { IsEnum: true } => Enum.GetValues(plain).GetValue(Enum.GetValues(plain).Length - 1)!,
            _ => FillRecord(plain, ref values),
        };
    }

    private static object FillRecord(Type type, ref int values)
    {
        Assert.StartsWith("BackupModule.Core", type.Namespace);
        ConstructorInfo constructor = type.GetConstructors().OrderBy(candidate => candidate.GetParameters().Length).Last();
        List<object> arguments = [];
        foreach (ParameterInfo parameter in constructor.GetParameters())
        {
            arguments.Add(Fill(parameter.ParameterType, ref values));
        }

        object record = constructor.Invoke([.. arguments]);
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && !constructor.GetParameters().Any(parameter => parameter.Name == property.Name)))
        {
            property.SetValue(record, Fill(property.PropertyType, ref values));
        }

        return record;
    }
}
