using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;
using BackupModule.Core.Policies.Contents;
using Xunit;

namespace BackupModule.Tests.Policies;

public sealed class PolicyCollectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Links_of_certificates_bring_what_they_lead_to()
    {
        string archive = Write("archive/shop/cert1.pem");
        Directory.CreateDirectory(_folder["live/shop"]);
        File.CreateSymbolicLink(_folder["live/shop/cert.pem"], "../../archive/shop/cert1.pem");

        PolicyContents contents = Collect(new PolicyComponent
        {
            Component = BackupComponent.Certificates, Paths = [_folder["live/shop"]],
        });

        Assert.Equal([_folder["live/shop"], archive], contents.Paths);
        Assert.Equal([archive, _folder["live/shop"]], contents.Components.Single().Paths);
    }

    [Fact]
    public void A_path_that_is_a_link_itself_brings_what_it_leads_to_in_every_component()
    {
        Write("releases/42/index.php");
        Write("shared/x");
        Directory.CreateSymbolicLink(_folder["current"], _folder["releases/42"]);
        Directory.CreateSymbolicLink(_folder["releases/42/shared"], _folder["shared"]);

        PolicyContents contents = Collect(new PolicyComponent
        {
            Component = BackupComponent.Code, Paths = [_folder["current"]],
        });

        Assert.Equal([_folder["current"], _folder["releases/42"]], contents.Paths);
    }

    [Fact]
    public void A_ring_of_links_and_a_link_to_nowhere_do_no_harm()
    {
        Directory.CreateDirectory(_folder["conf"]);
        File.CreateSymbolicLink(_folder["conf/a"], "b");
        File.CreateSymbolicLink(_folder["conf/b"], "a");
        File.CreateSymbolicLink(_folder["conf/c"], "/nowhere/at/all");

        PolicyContents contents = Collect(new PolicyComponent
        {
            Component = BackupComponent.Configuration, Paths = [_folder["conf"]],
        });

        Assert.Equal([_folder["conf"]], contents.Paths);
        Assert.Empty(contents.Failures);
    }

    [Fact]
    public void A_path_that_is_missing_is_told_and_the_others_are_backed_up()
    {
        string there = Write("there/x");

        PolicyContents contents = Collect(new PolicyComponent
        {
            Component = BackupComponent.Files, Paths = [there, _folder["gone"]],
        });

        Assert.Equal([there], contents.Paths);
        Assert.Equal(_folder["gone"], Assert.Single(contents.Failures).Subject);
    }

    [Fact]
    public void With_nothing_there_no_backup_is_made() => Assert.Equal(
        BackupErrorKind.SourceNotFound,
        Assert.Throws<BackupException>(() => Collect(new PolicyComponent
        {
            Component = BackupComponent.Files, Paths = [_folder["gone"]],
        })).Kind);

    [Fact]
    public void A_policy_that_names_nothing_is_invalid() =>
        Assert.Equal(BackupErrorKind.PolicyInvalid, Assert.Throws<BackupException>(() => Collect()).Kind);

    [Fact]
    public void Variables_become_a_file_that_a_shell_reads()
    {
        string name = $"BACKUPMODULE_TEST_{Guid.NewGuid():n}";
        string value = "it's $HOME \"quoted\"\nand two lines";
        Environment.SetEnvironmentVariable(name, value);
        try
        {
            PolicyContents contents = Collect(new PolicyComponent
            {
                Component = BackupComponent.Environment, Variables = [name[..^3] + "*", "SURELY_NOT_SET"],
            });

            Assert.Equal([name], contents.Variables);
            Assert.Equal("SURELY_NOT_SET", Assert.Single(contents.Failures).Subject);
            Assert.Equal("/.backup/environment/shop.env", Assert.Single(contents.Generated).Path);
            string file = _folder["shop.env"];
            File.WriteAllBytes(file, contents.Generated[0].MakeContent().ToArray());
            Assert.Equal(value, Encoding.UTF8.GetString(Shell.Run($". ./shop.env; printf %s \"${name}\"", _folder.Path)));
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public void Certificates_of_a_store_come_with_their_keys()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN=backupmodule-{Guid.NewGuid():n}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 made = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddDays(1));
        using X509Certificate2 exportable = X509CertificateLoader.LoadPkcs12(
            made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        using X509Store store = new(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        store.Add(exportable);
        try
        {
            PolicyContents contents = Collect(new PolicyComponent
            {
                Component = BackupComponent.Certificates, CertificateStores = ["CurrentUser/My"],
            });

            string name = $"/.backup/certificates/CurrentUser/My/{made.Thumbprint}";
            Dictionary<string, byte[]> files = contents.Generated.ToDictionary(file => file.Path, file => file.MakeContent().ToArray());
            Assert.Equal(made.RawDataMemory.ToArray(), files[name + ".cer"]);
            using X509Certificate2 back = X509CertificateLoader.LoadPkcs12(files[name + ".pfx"], null);
            Assert.Equal(key.ExportRSAPublicKey(), back.GetRSAPrivateKey()!.ExportRSAPublicKey());
        }
        finally
        {
            store.Remove(exportable);
        }
    }

    [Fact]
    public void A_store_that_is_not_there_is_told()
    {
        PolicyContents contents = Collect(
            new PolicyComponent { Component = BackupComponent.Certificates, CertificateStores = ["CurrentUser/NoSuchStoreHere"] },
            new PolicyComponent { Component = BackupComponent.Files, Paths = [Write("x")] });

        Assert.Equal(BackupErrorKind.SourceUnreadable, Assert.Single(contents.Failures).Kind);
    }

    [Fact]
    public void A_components_patterns_hold_below_its_own_paths_only()
    {
        PolicyContents contents = Collect(
            new PolicyComponent { Component = BackupComponent.Code, Paths = [Path.GetDirectoryName(Write("code/a"))!], Exclude = ["*.log"] },
            new PolicyComponent { Component = BackupComponent.Files, Paths = [Path.GetDirectoryName(Write("files/a"))!] });

        Assert.Equal([$"{_folder["code"]}/**/*.log"], contents.Exclude.Patterns);
    }

    private string Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllText(_folder[path], path, Encoding.UTF8);
        return _folder[path];
    }

    private static PolicyContents Collect(params PolicyComponent[] components) => PolicyCollector.Collect(
        new PolicyResolver([]).Resolve(new BackupPolicy
        {
            Name = "shop", Settings = new PolicySettings { Components = components },
        }),
        SilentObserver.Instance);
}
