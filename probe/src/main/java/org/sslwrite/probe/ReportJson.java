package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.ffi.LibraryInfo;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report for programs. */
final class ReportJson {
    private ReportJson() {}

    static String of(ProbeReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("token", report.token());
        object.put("token_info", token(report.tokenInfo()));
        object.put("module", module(report));
        object.put("capabilities", capabilities(report.capabilities()));
        object.put("findings", report.findings().stream().map(ReportJson::finding).toList());
        object.put("gcm_params", report.gcmLayout() == null ? "" : report.gcmLayout().title());
        object.put("sessions", sessions(report.sessionLimit()));
        object.put("suites", report.suites().stream().map(ReportJson::suite).toList());
        object.put("timings", report.timings().stream().map(ReportJson::timing).toList());
        object.put("recommendation", report.recommendation());
        object.put("notes", report.notes());
        return Json.of(object);
    }

    private static Map<String, Object> token(TokenInfo info) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("label", info.label());
        object.put("manufacturer", info.manufacturer());
        object.put("model", info.model());
        object.put("serial", info.serial());
        object.put("hardware", info.hardwareVersion());
        object.put("firmware", info.firmwareVersion());
        return object;
    }

    private static Map<String, Object> module(ProbeReport report) {
        LibraryInfo info = report.moduleInfo();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("path", report.module().toString());
        object.put("manufacturer", info.manufacturer());
        object.put("description", info.description());
        object.put("version", info.libraryVersion());
        object.put("cryptoki", info.cryptokiVersion());
        return object;
    }

    private static Map<String, Object> capabilities(ProbeReport.Capabilities can) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("gcm", can.gcm());
        object.put("cbc", can.cbc());
        object.put("hmac_sha1", can.hmacSha1());
        object.put("hmac_sha256", can.hmacSha256());
        object.put("hmac_sha384", can.hmacSha384());
        object.put("chacha20_poly1305", can.chacha20Poly1305());
        object.put("hkdf", can.hkdf());
        object.put("message_api", can.messageApi());
        object.put("key_import", can.keyImport());
        object.put("rsa_pss", can.rsaPss());
        object.put("ecdsa", can.ecdsa());
        return object;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("feature", finding.feature().id());
        object.put("engine", id(finding.engine()));
        object.put("verdict", finding.verdict().id());
        object.put("detail", finding.detail());
        if (finding.largestInput() > 0) {
            object.put("largest_input", finding.largestInput());
        }
        return object;
    }

    private static Map<String, Object> sessions(SessionLimit limit) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("opened", limit.opened());
        object.put("limited", limit.reason() != null);
        object.put("reason", limit.reason() == null ? "" : limit.reason());
        return object;
    }

    private static Map<String, Object> suite(SuiteOffload suite) {
        List<String> engines = new ArrayList<>();
        suite.engines().forEach(engine -> engines.add(id(engine)));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", suite.name());
        object.put("offload", suite.isPossible());
        object.put("engines", engines);
        object.put("reason", suite.reason());
        return object;
    }

    private static Map<String, Object> timing(Timing timing) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("engine", id(timing.engine()));
        object.put("operation", timing.operation());
        object.put("bytes", timing.bytes());
        object.put("us", Math.round(timing.micros() * 100) / 100.0);
        return object;
    }

    private static String id(TokenRoute engine) {
        return engine.name().toLowerCase(Locale.ROOT);
    }
}
